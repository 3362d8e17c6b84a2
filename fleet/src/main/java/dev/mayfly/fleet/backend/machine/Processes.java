package dev.mayfly.fleet.backend.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Finds the processes of bundles by the folder that they work in, which the kernel keeps true when it is renamed. */
public final class Processes {
    /** What the kernel puts behind a folder that is not there any more (proc(5)). */
    private static final String DELETED = " (deleted)";

    private Processes() {}

    /** @param mark stands on the command line of each machine, and of nothing else that works in such a folder */
    public static List<ProcessHandle> of(Bundle bundle, String mark) {
        String folder = bundle.folder().toString();
        return all(folder::equals, mark);
    }

    /** Those whose bundle somebody has removed under them. */
    public static List<ProcessHandle> withoutBundle(Path runners, String mark) {
        String begin = runners + "/";
        return all(folder -> folder.startsWith(begin) && folder.endsWith(DELETED), mark);
    }

    private static List<ProcessHandle> all(Predicate<String> folder, String mark) {
        List<ProcessHandle> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                if (folder.test(worksIn(entry)) && arguments(entry).contains(mark)) {
                    ProcessHandle.of(Long.parseLong(String.valueOf(entry.getFileName())))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return found;
    }

    private static String worksIn(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).toString();
        } catch (IOException e) {
            return ""; // it has ended, or is not ours to look at
        }
    }

    private static List<String> arguments(Path process) {
        try {
            return List.of(
                    new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8).split("\0"));
        } catch (IOException e) {
            return List.of(); // likewise
        }
    }

    /** @return whether it has ended */
    public static boolean awaitEnd(ProcessHandle process, Duration patience) throws InterruptedException {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return !process.isAlive();
        }
    }
}
