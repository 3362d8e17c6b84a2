package dev.mayfly.sandbox.policy;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.sandbox.allow.EnvRules;
import dev.mayfly.sandbox.allow.FsRules;
import dev.mayfly.sandbox.allow.NetAllowlist;
import dev.mayfly.sandbox.box.SyscallProfile;
import java.util.List;

/**
 * What an operator permits.
 *
 * @param source where it was read, for error texts; no part of the digest
 * @param digest {@code sha256:} over the canonical content
 * @param requiredLayers without these a run is refused
 */
public record Policy(
        String source,
        String digest,
        FsRules fs,
        NetAllowlist net,
        EnvRules env,
        PolicyLimits limits,
        SyscallProfile syscalls,
        NetIntentMode netIntent,
        List<String> requiredLayers,
        Grading grading) {
    public static final int VERSION = 1;

    public Policy {
        requiredLayers = List.copyOf(requiredLayers);
    }

    /** With the profile {@code loose} where this says {@code default}: another policy, so another digest and run id. */
    public Policy loosened() {
        return syscalls != SyscallProfile.DEFAULT
                ? this
                : new Policy(source, "", fs, net, env, limits, SyscallProfile.LOOSE, netIntent, requiredLayers, grading)
                        .withDigest();
    }

    Policy withDigest() {
        String computed = Sha256Digest.of(CanonicalPolicy.content(this)).toString();
        return new Policy(source, computed, fs, net, env, limits, syscalls, netIntent, requiredLayers, grading);
    }
}
