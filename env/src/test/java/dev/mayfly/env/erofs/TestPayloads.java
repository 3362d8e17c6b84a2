package dev.mayfly.env.erofs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Payloads in a folder: each a file of its own, padded to a multiple of 4096, or gathered in a pack at such multiples. */
public final class TestPayloads implements Payloads {
    private static final int ALIGNED = 4096;

    private record Kept(FileRange place) implements Payload {
        @Override
        public long size() {
            return place.length();
        }

        @Override
        public InputStream open() throws IOException {
            try (InputStream in = Files.newInputStream(place.file())) {
                in.skipNBytes(place.offset());
                return new ByteArrayInputStream(in.readNBytes(Math.toIntExact(place.length())));
            }
        }

        @Override
        public Optional<FileRange> range() {
            return Optional.of(place);
        }
    }

    private final Path folder;
    private final boolean packed;
    private final Map<Digest, Payload> kept = new HashMap<>();
    private long end;

    public TestPayloads(Path folder, boolean packed) {
        this.folder = folder;
        this.packed = packed;
    }

    public Digest put(byte[] content) {
        Digest digest = Digest.of(content);
        if (!kept.containsKey(digest)) {
            kept.put(digest, new Kept(packed ? append(content) : alone(digest, content)));
        }
        return digest;
    }

    private FileRange alone(Digest digest, byte[] content) {
        Path file = folder.resolve(digest.toString().replace("=", ""));
        try {
            Files.write(file, Arrays.copyOf(content, (int) Format.roundUp(content.length, ALIGNED)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new FileRange(file, 0, content.length);
    }

    private FileRange append(byte[] content) {
        Path pack = folder.resolve("pack");
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(pack, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            out.write(content);
            out.write(new byte[(int) (Format.roundUp(content.length, ALIGNED) - content.length)]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        FileRange range = new FileRange(pack, end, content.length);
        end += Format.roundUp(content.length, ALIGNED);
        return range;
    }

    /** The bytes of a payload. */
    public byte[] content(Digest digest) throws IOException {
        try (InputStream in = find(digest).orElseThrow().open()) {
            return in.readAllBytes();
        }
    }

    @Override
    public Optional<Payload> find(Digest digest) {
        return Optional.ofNullable(kept.get(digest));
    }

    @Override
    public boolean has(Digest digest) {
        return kept.containsKey(digest);
    }

    @Override
    public void each(Consumer<Digest> found) {
        kept.keySet().forEach(found);
    }
}
