package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** As whom a command runs. */
public record Identity(int uid, int gid, List<Integer> groups) {
    public Identity {
        groups = List.copyOf(groups);
    }

    /** That of this process: real ids and supplementary groups, proc_pid_status(5). */
    public static Identity own() {
        try {
            List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
            return new Identity(
                    numbers(status, "Uid:").getFirst(), numbers(status, "Gid:").getFirst(), numbers(status, "Groups:"));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.RUNTIME_SETUP, "who runs this is not known", String.valueOf(e), "mount /proc", e);
        }
    }

    private static List<Integer> numbers(List<String> status, String field) {
        return status.stream()
                .filter(line -> line.startsWith(field))
                .flatMap(line ->
                        Arrays.stream(line.substring(field.length()).strip().split("\\s+")))
                .filter(text -> !text.isEmpty())
                .map(Integer::parseUnsignedInt)
                .toList();
    }
}
