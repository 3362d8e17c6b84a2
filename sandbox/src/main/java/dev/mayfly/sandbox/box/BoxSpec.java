package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.InputFile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a backend needs to know about one run; all decisions are made.
 *
 * @param runId names the run in logs and temporary objects; safe as a file name
 * @param argv what is executed; argv[0] without a slash is looked up on PATH inside the box
 * @param env exactly the environment of the command
 * @param stdin the array is not copied
 * @param files to be there before the start, paths absolute below /workspace or /tmp
 * @param binds host paths to be seen inside, beyond the runtime image
 * @param outputs globs relative to /workspace of what to bring back
 * @param seed for everything random that a backend controls
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of up to megabytes, compared by nobody
public record BoxSpec(
        String runId,
        List<String> argv,
        Map<String, String> env,
        String cwd,
        byte[] stdin,
        List<InputFile> files,
        List<HostBind> binds,
        BoxLimits limits,
        SyscallProfile syscalls,
        NetGrant net,
        List<String> outputs,
        long seed) {
    public BoxSpec {
        argv = List.copyOf(argv);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        files = List.copyOf(files);
        binds = List.copyOf(binds);
        outputs = List.copyOf(outputs);
    }
}
