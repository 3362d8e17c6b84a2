package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.net.wire.DnsAnswer;
import dev.mayfly.sandbox.net.wire.DnsQuestion;
import dev.mayfly.sandbox.net.wire.TargetHost;
import java.net.Inet4Address;
import java.util.Optional;
import java.util.Set;

/**
 * The box's name server. It forwards nothing: a name that may be reached gets a synthetic address, every other one does
 * not exist, and no question leaves the machine in the job's words. Only A has data; AAAA of a permitted name is empty so
 * that clients take the one address there is.
 */
final class NameServer {
    /** HTTPS and SVCB (RFC 9460), which clients ask for by themselves; an empty answer is normal, not worth a violation. */
    private static final Set<Integer> ASKED_BY_THEMSELVES = Set.of(64, 65);

    private NameServer() {}

    /** The answer, already written into the evidence; empty when the message deserves none. */
    static Optional<byte[]> answer(NetSession session, Optional<DnsQuestion> parsed) {
        DecisionLog log = session.log();
        if (parsed.isEmpty()) {
            log.denied(DecisionLog.RULE_DEFAULT, "dns (malformed)", "not a DNS question");
            return Optional.empty();
        }
        DnsQuestion question = parsed.get();
        if (!(question.name() instanceof TargetHost.Name name)) {
            String why = question.name() instanceof TargetHost.Malformed malformed
                    ? malformed.why()
                    : "an address is not a name";
            log.denied(DecisionLog.RULE_DEFAULT, "dns (malformed name)", why);
            return Optional.of(DnsAnswer.noSuchName(question));
        }
        String host = name.canonical();
        if (!session.grant().permitsLookup(host)) {
            log.denied(DecisionLog.RULE_DEFAULT, "dns " + host, "no rule permits this name");
            return Optional.of(DnsAnswer.noSuchName(question));
        }
        boolean addressType = question.type() == DnsQuestion.TYPE_A || question.type() == DnsQuestion.TYPE_AAAA;
        if (!addressType) {
            String what = "dns " + host + " type " + question.type();
            if (ASKED_BY_THEMSELVES.contains(question.type())) {
                log.allowed(what, "answered empty");
            } else {
                log.denied(DecisionLog.RULE_DEFAULT, what, "only addresses are answered");
            }
            return Optional.of(DnsAnswer.noData(question));
        }
        return Optional.of(address(session, question, host));
    }

    /** Whether the answer needs a lookup on the host's side. */
    static boolean mayTakeLong(NetSession session, Optional<DnsQuestion> question) {
        return question.isPresent()
                && question.get().name() instanceof TargetHost.Name name
                && session.grant().permitsLookup(name.canonical());
    }

    private static byte[] address(NetSession session, DnsQuestion question, String host) {
        Optional<Inet4Address> address = session.names().addressOf(host); // first, since it bounds the lookups below
        if (address.isEmpty()) {
            session.log().denied(DecisionLog.RULE_CAPS, "names", "more different names than one run may use");
            return DnsAnswer.refused(question);
        }
        if (!session.gatekeeper().exists(host)) {
            session.log().allowed("dns " + host, "name does not resolve");
            return DnsAnswer.noSuchName(question);
        }
        session.log().allowed("dns " + host, "name rule");
        return question.type() == DnsQuestion.TYPE_A
                ? DnsAnswer.address(question, address.get())
                : DnsAnswer.noData(question);
    }
}
