package dev.mayfly.fleet.schedule;

import dev.mayfly.fleet.api.AgentId;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What the scheduler says. */
public sealed interface Placement {
    /** @param warm whether a machine stands ready there */
    record Chosen(AgentId host, boolean warm) implements Placement {
        public Chosen {
            Objects.requireNonNull(host, "host");
        }
    }

    /** No host can take it now: how many refuse for which reason. */
    record Nowhere(Map<Refusal, Integer> hosts) implements Placement {
        public Nowhere {
            hosts = Map.copyOf(hosts);
        }

        /** For people, for example {@code 2 hold as many runners as they may}. */
        public String why() {
            if (hosts.isEmpty()) {
                return "there is no host";
            }
            Map<Refusal, Integer> inOrder = new EnumMap<>(hosts);
            return inOrder.entrySet().stream()
                    .map(entry -> entry.getValue()
                            + (entry.getValue() == 1 ? " host " : " hosts: each ")
                            + entry.getKey().words())
                    .collect(Collectors.joining("; "));
        }
    }
}
