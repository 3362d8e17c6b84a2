package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.slot.OutputGlob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Brings back what matches the globs of a request, after the last process of the job has died. */
final class OutputCollector {
    /** More files than anyone declares by hand; what is beyond is named in the result. */
    private static final int MOST_FILES = 1000;

    /** Reasons that are written out one by one. */
    private static final int MOST_NAMED = 200;

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

    /**
     * What matched, bounded: a job may leave tens of thousands of names of 4 KB each, and they would end up in the heap,
     * in the result and in the ledger. The first ones by name stay, the others are a number.
     */
    private static final class Matches {
        private final NavigableMap<String, Found> files = new TreeMap<>();
        private final NavigableSet<String> dropped = new TreeSet<>();
        private long moreFiles;
        private long moreDropped;

        void file(Found file) {
            files.put(file.path(), file);
            if (files.size() > MOST_FILES) {
                files.pollLastEntry();
                moreFiles++;
            }
        }

        void drop(String what) {
            if (dropped.add(what) && dropped.size() > MOST_NAMED) {
                dropped.pollLast();
                moreDropped++;
            }
        }

        List<String> told() {
            List<String> told = new ArrayList<>(dropped);
            if (moreDropped > 0) {
                told.add("/workspace: " + moreDropped + " more that are not named here");
            }
            if (moreFiles > 0) {
                told.add("/workspace: " + moreFiles + " more files match than the " + MOST_FILES
                        + " that are brought back");
            }
            return List.copyOf(told);
        }
    }

    static Collected collect(Exchange launcher, List<String> globs, long budget)
            throws IOException, ProtocolException, InterruptedException {
        if (globs.isEmpty()) {
            return Collected.NOTHING;
        }
        Matches matches = list(launcher, globs);
        List<CollectedFile> files = new ArrayList<>();
        long left = budget;
        for (Found file : matches.files.values()) {
            if (file.entry().size() > left) {
                matches.drop(file.path() + ": too large (" + file.entry().size() + " bytes, " + left
                        + " left of the cap over all outputs)");
                continue;
            }
            byte[] content = read(launcher, file, matches);
            if (content != null) {
                left -= content.length;
                files.add(new CollectedFile(file.path(), content));
            }
        }
        return new Collected(files, matches.told());
    }

    private static Matches list(Exchange launcher, List<String> globs)
            throws IOException, ProtocolException, InterruptedException {
        Predicate<String> wanted = globs.stream()
                .map(OutputGlob::of)
                .<Predicate<String>>map(glob -> glob::matches)
                .reduce(Predicate::or)
                .orElseThrow();
        launcher.send(new FrameWriter(Wire.LIST).finish());
        Matches matches = new Matches();
        for (; ; ) {
            switch (launcher.receive()) {
                case LauncherMessage.Entry entry -> {
                    String path = utf8(entry.path());
                    if (path == null) {
                        String printable = new String(entry.path(), StandardCharsets.ISO_8859_1);
                        if (wanted.test(printable)) {
                            matches.drop(printable + ": name is not UTF-8");
                        }
                    } else if (wanted.test(path)) {
                        if (entry.kind() == 'f') {
                            matches.file(new Found(path, entry));
                        } else if (entry.kind() != 'd') {
                            matches.drop(path + ": not a regular file");
                        }
                    }
                }
                case LauncherMessage.End end -> {
                    if (end.truncated()) {
                        matches.drop("/workspace: too many or too deep entries; the rest was not looked at");
                    }
                    return matches;
                }
                case LauncherMessage.Refused refused -> {
                    matches.drop("/workspace: cannot be listed: " + refused.text());
                    return matches;
                }
                default -> throw new ProtocolException("LIST was answered with something else");
            }
        }
    }

    private static byte @Nullable [] read(Exchange launcher, Found file, Matches matches)
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
                    matches.drop(file.path() + ": " + refused.text());
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
