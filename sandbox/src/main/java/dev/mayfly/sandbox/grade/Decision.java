package dev.mayfly.sandbox.grade;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.allow.NetAllowlist;
import dev.mayfly.sandbox.allow.WantedBind;
import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.HostBind;
import dev.mayfly.sandbox.box.SyscallProfile;
import dev.mayfly.sandbox.request.CanonicalRequest;
import dev.mayfly.sandbox.request.RunId;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What becomes of a request under a policy. */
public sealed interface Decision {
    /**
     * Run it.
     *
     * @param request with the caller's flags applied
     * @param wanted places of the host to show; {@link dev.mayfly.sandbox.allow.BindGuard} looks at them first
     * @param findings evidence found before the run
     */
    record Run(
            RunId runId,
            RunRequest request,
            Map<String, String> env,
            BoxLimits limits,
            SyscallProfile syscalls,
            NetAllowlist net,
            List<WantedBind> wanted,
            long seed,
            List<Evidence> findings)
            implements Decision {
        public Run {
            env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
            wanted = List.copyOf(wanted);
            findings = List.copyOf(findings);
        }

        /** The box, once the host was looked at. */
        public BoxSpec box(List<HostBind> binds) {
            return new BoxSpec(
                    runId.value(),
                    CanonicalRequest.argv(request),
                    env,
                    "/workspace",
                    request.stdin().getBytes(StandardCharsets.UTF_8),
                    request.files(),
                    binds,
                    limits,
                    syscalls,
                    net,
                    request.outputs(),
                    seed);
        }
    }

    /** A plain violation of the policy: red, and nothing is run. */
    record RedWithoutRunning(RunId runId, RunRequest request, long seed, Grade grade, List<Violation> violations)
            implements Decision {
        public RedWithoutRunning {
            violations = List.copyOf(violations);
        }
    }

    /** The policy does not take the request; no verdict, exit code 3. */
    record Refused(MayflyException failure) implements Decision {}
}
