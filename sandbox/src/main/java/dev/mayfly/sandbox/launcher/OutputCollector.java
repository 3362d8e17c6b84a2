package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.slot.OutputGlob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Brings back what matches the globs of a request, after the last process of the job has died. */
final class OutputCollector {
    /** More files than anyone declares by hand; what is beyond is named in the result. */
    private static final int MOST_FILES = 1000;

    private static final int CHUNK = 4 << 20;

    private OutputCollector() {}

    /** What came back, and why something did not. */
    record Collected(List<CollectedFile> files, List<String> dropped) {
        static final Collected NOTHING = new Collected(List.of(), List.of());
    }

    /** A conversation with the launcher: one request, its answers. */
    interface Exchange {
        void send(ByteBuffer frame) throws IOException;

        LauncherMessage receive() throws IOException, ProtocolException, InterruptedException;
    }

    private record Found(String path, LauncherMessage.Entry entry) {}

    static Collected collect(Exchange launcher, List<String> globs, long budget)
            throws IOException, ProtocolException, InterruptedException {
        if (globs.isEmpty()) {
            return Collected.NOTHING;
        }
        List<String> dropped = new ArrayList<>();
        List<Found> found = list(launcher, globs, dropped);
        found.sort(Comparator.comparing(Found::path));
        List<CollectedFile> files = new ArrayList<>();
        long left = budget;
        for (Found file : found) {
            if (file.entry().kind() != 'f') {
                if (file.entry().kind() != 'd') {
                    dropped.add(file.path() + ": not a regular file");
                }
            } else if (files.size() >= MOST_FILES) {
                dropped.add(file.path() + ": more than " + MOST_FILES + " files match");
            } else if (file.entry().size() > left) {
                dropped.add(file.path() + ": too large (" + file.entry().size() + " bytes, " + left
                        + " left of the cap over all outputs)");
            } else {
                byte[] content = read(launcher, file, dropped);
                if (content != null) {
                    left -= content.length;
                    files.add(new CollectedFile(file.path(), content));
                }
            }
        }
        dropped.sort(Comparator.naturalOrder());
        return new Collected(files, dropped);
    }

    private static List<Found> list(Exchange launcher, List<String> globs, List<String> dropped)
            throws IOException, ProtocolException, InterruptedException {
        Predicate<String> wanted = globs.stream()
                .map(OutputGlob::of)
                .<Predicate<String>>map(glob -> glob::matches)
                .reduce(Predicate::or)
                .orElseThrow();
        launcher.send(new FrameWriter(Wire.LIST).finish());
        List<Found> found = new ArrayList<>();
        for (; ; ) {
            switch (launcher.receive()) {
                case LauncherMessage.Entry entry -> {
                    String path = utf8(entry.path());
                    if (path == null) {
                        String printable = new String(entry.path(), StandardCharsets.ISO_8859_1);
                        if (wanted.test(printable)) {
                            dropped.add(printable + ": name is not UTF-8");
                        }
                    } else if (wanted.test(path)) {
                        found.add(new Found(path, entry));
                    }
                }
                case LauncherMessage.End end -> {
                    if (end.truncated()) {
                        dropped.add("/workspace: too many or too deep entries; the rest was not looked at");
                    }
                    return found;
                }
                case LauncherMessage.Refused refused -> {
                    dropped.add("/workspace: cannot be listed: " + refused.text());
                    return found;
                }
                default -> throw new ProtocolException("LIST was answered with something else");
            }
        }
    }

    private static byte @Nullable [] read(Exchange launcher, Found file, List<String> dropped)
            throws IOException, ProtocolException, InterruptedException {
        ByteArrayOutputStream content =
                new ByteArrayOutputStream((int) Math.min(file.entry().size(), CHUNK));
        for (; ; ) {
            FrameWriter request = new FrameWriter(Wire.READ);
            launcher.send(request.bytes(1, file.entry().path())
                    .number(2, content.size())
                    .number(3, CHUNK)
                    .finish());
            switch (launcher.receive()) {
                case LauncherMessage.Data data -> {
                    content.write(data.bytes());
                    if (data.last()) {
                        return content.toByteArray();
                    }
                    if (data.bytes().length == 0
                            || content.size() > file.entry().size()) {
                        throw new ProtocolException("READ does not come to the end of a file that nobody changes");
                    }
                }
                case LauncherMessage.Refused refused -> {
                    dropped.add(file.path() + ": " + refused.text());
                    return null;
                }
                default -> throw new ProtocolException("READ was answered with something else");
            }
        }
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
