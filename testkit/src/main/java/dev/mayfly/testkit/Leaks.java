package dev.mayfly.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what a test has left behind: processes, mounts, cgroups, network namespaces, open descriptors.
 *
 * <p>A snapshot before, {@link #assertUnchanged} after. On a machine where others work too, give a mark that the names
 * of the test's own mounts and cgroups contain; then only those count. Processes below this one and its descriptors
 * always count. Without {@code /proc} only processes are seen.
 */
public final class Leaks {
    /** The kernel takes a moment to drop what a killed process held. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final long LOOK_AGAIN_MILLIS = 20;

    private final Belongings belongings;
    private final Set<String> before;

    private Leaks(Belongings belongings) {
        this.belongings = belongings;
        this.before = belongings.list();
    }

    /** Everything that is there now, on a machine of which nobody else makes mounts or cgroups of ours. */
    public static Leaks snapshot() {
        return snapshot("");
    }

    /** @param mark text in the path of every mount and cgroup that counts, and in command lines of stray processes */
    public static Leaks snapshot(String mark) {
        warmUp();
        return new Leaks(new Belongings(mark));
    }

    /** The first closed socket makes the JDK open one that it keeps for good; that is no leak of the test. */
    private static void warmUp() {
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is there now and was not before, as lines for people. */
    public List<String> found() {
        Set<String> now = new TreeSet<>(belongings.list());
        now.removeAll(before);
        return new ArrayList<>(now);
    }

    /** Fails when something is still left after a short patience. */
    public void assertUnchanged() {
        assertUnchanged(PATIENCE);
    }

    public void assertUnchanged(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<String> found = found();
        while (!found.isEmpty() && System.nanoTime() < deadline) {
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while these were left behind: " + found, e);
            }
            found = found();
        }
        if (!found.isEmpty()) {
            throw new AssertionError("left behind:\n  " + String.join("\n  ", found));
        }
    }
}
