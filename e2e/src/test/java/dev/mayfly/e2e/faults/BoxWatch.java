package dev.mayfly.e2e.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Looks at the processes of the machine, again and again, for two boxes that run the same job at the same time. */
final class BoxWatch implements AutoCloseable {
    private static final long PAUSE_MILLIS = 40;
    private static final int LONGEST = 512;

    private final String campaign;
    private final List<String> found = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("box-watch").unstarted(this::watch);
    private volatile long seen;

    private record Box(Path process, String namespace) {}

    private BoxWatch(String campaign) {
        this.campaign = campaign;
    }

    static BoxWatch start(String campaign) {
        BoxWatch watch = new BoxWatch(campaign);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                look();
                Thread.sleep(PAUSE_MILLIS);
            } catch (IOException _) {
                // A process that ends while it is looked at.
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void look() throws IOException {
        Map<String, Box> boxes = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : all) {
                String line = commandLine(process);
                String tag = line.contains(campaign) ? Job.tagIn(line) : "";
                String namespace = tag.isEmpty() ? "" : namespace(process);
                if (namespace.isEmpty()) {
                    continue;
                }
                seen++;
                Box other = boxes.putIfAbsent(tag, new Box(process, namespace));
                // Both at once, not one after the other during one look.
                if (other != null
                        && !other.namespace().equals(namespace)
                        && namespace(other.process()).equals(other.namespace())
                        && namespace(process).equals(namespace)) {
                    found.add(tag + " runs in " + other + " and in " + process + " " + namespace);
                }
            }
        }
    }

    private static String commandLine(Path process) {
        try (var file = Files.newInputStream(process.resolve("cmdline"))) {
            return new String(file.readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/pid")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Processes of jobs that were seen, so that it is known that it sees any. */
    long seen() {
        return seen;
    }

    List<String> found() {
        return found;
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
