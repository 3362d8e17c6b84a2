package dev.mayfly.sandbox.net;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** What the gatekeeper says to one wish. */
sealed interface Ruling {
    /** As it stands in the evidence. */
    String reason();

    /**
     * May be dialled at these addresses, in this order.
     *
     * @param name the approved name that TLS and HTTP inside the connection must repeat; empty for an address rule
     */
    record Permitted(List<InetAddress> addresses, Optional<String> name, String reason) implements Ruling {
        public Permitted {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Against the grant: a violation.
     *
     * @param rule as it stands in the violation
     */
    record Denied(String rule, String reason) implements Ruling {
        Denied(String reason) {
            this(DecisionLog.RULE_DEFAULT, reason);
        }
    }

    /** Permitted, but there is nothing behind the name; not the job's fault. */
    record Unreachable(String reason) implements Ruling {}
}
