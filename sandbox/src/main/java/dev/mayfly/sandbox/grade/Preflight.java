package dev.mayfly.sandbox.grade;

import dev.mayfly.sandbox.allow.FsPattern;
import dev.mayfly.sandbox.allow.NetAllowlist;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.policy.EvidenceKind;
import dev.mayfly.sandbox.policy.NetIntentMode;
import dev.mayfly.sandbox.policy.Policy;
import dev.mayfly.sandbox.request.CanonicalRequest;
import java.util.ArrayList;
import java.util.List;

/** What can be seen of a request without running it. */
final class Preflight {
    private Preflight() {}

    static List<Evidence> findings(
            RunRequest request, Policy policy, List<NetRule> askedNet, List<FsPattern> askedFs, NetAllowlist granted) {
        List<Evidence> findings = new ArrayList<>();
        CommandText command = CommandText.of(CanonicalRequest.argv(request));
        if (policy.netIntent() != NetIntentMode.OFF && granted.deniesAll()) {
            command.netIntents().forEach(what -> findings.add(new Evidence(EvidenceKind.NET_INTENT, what)));
        }
        for (NetRule rule : policy.net().notGiven(askedNet)) {
            findings.add(new Evidence(EvidenceKind.NET_ASKED, rule.toString()));
        }
        for (FsPattern place : policy.fs().notGiven(askedFs)) {
            findings.add(new Evidence(EvidenceKind.FS_ASKED, place.toString()));
        }
        command.secrets().forEach(what -> findings.add(new Evidence(EvidenceKind.SECRET_READ, what)));
        return findings;
    }
}
