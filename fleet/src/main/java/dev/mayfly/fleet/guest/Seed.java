package dev.mayfly.fleet.guest;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a machine is told at its start that has no port which only its hypervisor reaches: a disk of some sectors, with no
 * file system, that the guest reads once.
 *
 * @param runner by which its host knows it
 * @param nonce 32 hexadecimal digits, of this boot alone
 * @param name of the host in the guest
 * @param key the one that is let in, as a line of authorized_keys
 * @param agent where its host listens, {@code HOST:PORT}
 */
public record Seed(String runner, String nonce, String name, String key, String agent) {
    private static final String MARK = "MAYFLY SEED 1\n";

    /** A multiple of all sectors there are: a raw disk is read in whole ones. */
    private static final int LENGTH = 16 << 10;

    public Seed {
        Objects.requireNonNull(runner, "runner");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(agent, "agent");
        if (!nonce.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("a nonce has 32 hexadecimal digits");
        }
    }

    /** As it lies on the disk. */
    public byte[] bytes() {
        byte[] text = (MARK
                        + JsonWriter.compact(JsonObject.of()
                                .with("runner", runner)
                                .with("nonce", nonce)
                                .with("name", name)
                                .with("key", key)
                                .with("agent", agent)))
                .getBytes(StandardCharsets.UTF_8);
        if (text.length >= LENGTH) {
            throw new IllegalArgumentException("it is longer than " + LENGTH + " bytes");
        }
        return Arrays.copyOf(text, LENGTH);
    }

    /** @throws IOException also when it is something else */
    public static Seed read(Path disk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.READ)) {
            int n = 0;
            while (bytes.hasRemaining() && n >= 0) {
                n = channel.read(bytes);
            }
        }
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        int end = text.indexOf('\0');
        if (!text.startsWith(MARK) || end < 0) {
            throw new IOException(disk + " is no seed of a machine");
        }
        try {
            if (JsonReader.read(text.substring(MARK.length(), end).getBytes(StandardCharsets.UTF_8))
                    instanceof JsonObject object) {
                return new Seed(
                        Texts.text(object, "runner"),
                        Texts.text(object, "nonce"),
                        Texts.text(object, "name"),
                        Texts.text(object, "key"),
                        Texts.text(object, "agent"));
            }
        } catch (JsonSyntaxException | IllegalArgumentException e) {
            throw new IOException(disk + " cannot be read: " + e.getMessage(), e);
        }
        throw new IOException(disk + " cannot be read: it holds no object");
    }

    /** The nonce is nobody's business. */
    @Override
    public String toString() {
        return "Seed[" + runner + ", " + name + ", " + agent + "]";
    }
}
