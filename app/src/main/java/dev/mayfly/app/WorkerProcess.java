package dev.mayfly.app;

import dev.mayfly.sandbox.cgroup.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Names a process among all machines: which boot of which machine, which pid namespace, which life of which pid.
 *
 * @param place empty where the kernel tells no boot and no namespace; then nothing can be proven about it elsewhere
 */
record WorkerProcess(String place, InstanceId instance) {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

    static WorkerProcess current() {
        return new WorkerProcess(here(), InstanceId.current());
    }

    private static String here() {
        try {
            return Files.readString(BOOT).strip() + "/" + Files.readSymbolicLink(NAMESPACE);
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    String text() {
        return place + "/" + instance.name();
    }

    static Optional<WorkerProcess> parse(String text) {
        int slash = text.lastIndexOf('/');
        return slash < 0
                ? Optional.empty()
                : InstanceId.parse(text.substring(slash + 1))
                        .map(instance -> new WorkerProcess(text.substring(0, slash), instance));
    }

    /** Whether it was started in this boot and namespace, so that its absence here is the end of it. */
    boolean isFromHere() {
        return !place.isEmpty() && place.equals(here());
    }
}
