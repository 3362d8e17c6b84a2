package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What tags were made to name since a collection began. The collector makes the file before it reads the tags and removes it
 * at its end; while it is there, who pushes writes to it first. Both sides are at the {@link Gate} then.
 */
public final class Pushes {
    private static final int RECORD = 1 + Digest.BYTES;

    private final Path file;

    Pushes(Path file) {
        this.file = file;
    }

    /** Does nothing when no collection has begun. */
    void add(Kind kind, List<Digest> targets) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(targets.size() * RECORD);
        for (Digest each : targets) {
            bytes.put(kind.letter());
            each.put(bytes);
        }
        bytes.flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (NoSuchFileException e) {
            // Nobody collects.
        }
    }

    public void begin() throws IOException {
        Files.write(file, new byte[0]);
    }

    public List<Digest> all() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<Digest> all = new ArrayList<>();
        for (int at = 0; at + RECORD <= bytes.length; at += RECORD) {
            all.add(Digest.at(bytes, at + 1));
        }
        return all;
    }

    public long bytes() throws IOException {
        return Files.size(file);
    }

    public void end() throws IOException {
        Files.deleteIfExists(file);
    }
}
