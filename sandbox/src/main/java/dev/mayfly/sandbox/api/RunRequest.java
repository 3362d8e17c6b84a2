package dev.mayfly.sandbox.api;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One request that fits its schema ({@code schemas/request.schema.json}).
 *
 * @param cmd shell command, run as {@code sh -c} in {@code /workspace}; present exactly when {@code argv} is empty
 * @param timeout zero means: the policy's wall limit
 * @param outputs globs below {@code /workspace} to bring back
 */
public record RunRequest(
        Optional<String> cmd,
        List<String> argv,
        String stdin,
        Map<String, String> env,
        List<InputFile> files,
        String policyId,
        Duration timeout,
        List<String> allowNet,
        List<String> allowFs,
        OptionalLong seed,
        List<String> outputs,
        Effect effect) {
    public RunRequest {
        argv = List.copyOf(argv);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        files = List.copyOf(files);
        allowNet = List.copyOf(allowNet);
        allowFs = List.copyOf(allowFs);
        outputs = List.copyOf(outputs);
    }
}
