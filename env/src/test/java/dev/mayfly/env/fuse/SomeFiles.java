package dev.mayfly.env.fuse;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** A view with its payloads, each a file named after its digest. What is made from a seed is the same in each process. */
final class SomeFiles {
    private final Path store;
    private final ViewBuilder builder = new ViewBuilder();
    private final Map<Digest, Payload> payloads = new ConcurrentHashMap<>();

    SomeFiles(Path store) {
        this.store = store;
    }

    ViewBuilder.Node root() {
        return builder.root();
    }

    View view() {
        return builder.build();
    }

    Optional<Payload> find(Digest digest) {
        return Optional.ofNullable(payloads.get(digest));
    }

    Map<Digest, Payload> payloads() {
        return payloads;
    }

    Path file(Digest digest) {
        return store.resolve(digest.toString().replace("=", ""));
    }

    void file(ViewBuilder.Node at, String name, String content) {
        file(at, RawName.of(name), FileMode.REGULAR | 0644, content.getBytes(StandardCharsets.UTF_8));
    }

    Digest file(ViewBuilder.Node at, RawName name, int mode, byte[] content) {
        Digest digest = Digest.of(content);
        at.file(name, mode, digest, content.length);
        payloads.computeIfAbsent(digest, each -> new OnDisk(write(file(each), content), content.length));
        return digest;
    }

    private static Path write(Path file, byte[] content) {
        try {
            if (!Files.exists(file)) {
                Files.write(file, content);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record OnDisk(Path file, long size) implements Payload {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public Optional<FileRange> range() {
            return Optional.of(new FileRange(file, 0, size));
        }
    }

    /** Content that lies elsewhere. */
    record Elsewhere(byte[] content, long millis) implements Payload {
        @Override
        public long size() {
            return content.length;
        }

        @Override
        public InputStream open() {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new java.io.ByteArrayInputStream(content);
        }

        @Override
        public Optional<FileRange> range() {
            return Optional.empty();
        }
    }

    /** Directories, files of 0 to 40 kB, links and odd names, about as many as asked for. */
    static SomeFiles random(Path store, long seed, int nodes) {
        SomeFiles files = new SomeFiles(store);
        Random random = new Random(seed);
        List<ViewBuilder.Node> directories = new ArrayList<>();
        directories.add(files.root());
        for (int i = 0; i < nodes; i++) {
            ViewBuilder.Node at = directories.get(random.nextInt(directories.size()));
            RawName name = name(random, i);
            switch (random.nextInt(8)) {
                case 0 -> directories.add(at.directory(name, FileMode.DIRECTORY | 0700 | random.nextInt(0100)));
                case 1 -> files.file(at, name, FileMode.SYMLINK | 0777, target(random));
                default -> files.file(at, name, FileMode.REGULAR | 0400 | random.nextInt(01000), content(random));
            }
        }
        return files;
    }

    static byte[] content(Random random) {
        byte[] content = new byte[random.nextInt(10) == 0 ? 0 : random.nextInt(40_000)];
        random.nextBytes(content);
        return content;
    }

    private static byte[] target(Random random) {
        return ("../" + "x".repeat(random.nextInt(300)) + random.nextInt()).getBytes(StandardCharsets.UTF_8);
    }

    /** Half of them with bytes that are no text. */
    private static RawName name(Random random, int number) {
        byte[] text = ("n" + number).getBytes(StandardCharsets.UTF_8);
        if (random.nextBoolean()) {
            return RawName.of(text);
        }
        byte[] odd = new byte[Math.min(RawName.LONGEST, text.length + random.nextInt(300))];
        for (int i = 0; i < odd.length; i++) {
            byte each = (byte) random.nextInt(256);
            odd[i] = each == 0 || each == '/' ? (byte) '\n' : each;
        }
        System.arraycopy(text, 0, odd, 0, text.length);
        return RawName.of(odd);
    }
}
