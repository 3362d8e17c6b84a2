package dev.mayfly.fleet.guest;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Who a machine shall be.
 *
 * @param nonce 32 hexadecimal digits, made for this machine: whoever does not know them is not listened to
 * @param name of the host in the guest
 * @param key the one that is let in, as a line of authorized_keys
 */
public record GuestIdentity(String nonce, String name, Identity identity, String key) {
    private static final int NONCE_BYTES = 16;
    private static final int SEED_BYTES = 64;
    private static final int LINES = 5;

    public GuestIdentity {
        Objects.requireNonNull(nonce, "nonce");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(key, "key");
        if (HexFormat.of().parseHex(nonce).length != NONCE_BYTES) {
            throw new IllegalArgumentException("a nonce has " + NONCE_BYTES + " bytes");
        }
        if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("a name is one word");
        }
    }

    /** With a nonce that nobody had. */
    public static GuestIdentity fresh(String name, Identity identity, String key, SecureRandom random) {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return new GuestIdentity(HexFormat.of().formatHex(bytes), name, identity, key);
    }

    /** Another name and identity for the same machine. */
    public GuestIdentity as(String newName, Identity newIdentity) {
        return new GuestIdentity(nonce, newName, newIdentity, key);
    }

    /** What the guest is told: time and seed belong to the moment. */
    String line(Instant now, SecureRandom random) {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        return "identity nonce=" + nonce + " name=" + name + " machine=" + identity.machine() + " mac="
                + identity.mac() + " clock=" + now.getEpochSecond() + "." + String.format("%09d", now.getNano())
                + " seed=" + HexFormat.of().formatHex(seed) + " key="
                + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    /** What {@link #save} has written. */
    public static GuestIdentity load(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() != LINES) {
            throw new IOException(file + " is not whole");
        }
        try {
            return new GuestIdentity(
                    lines.get(0),
                    lines.get(1),
                    new Identity(new MachineIdentifier(lines.get(2)), new MacAddress(lines.get(3))),
                    lines.get(4));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** For its owner alone, from the first byte on. */
    public void save(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(
                part,
                List.of(nonce, name, identity.machine().value(), identity.mac().value(), key),
                StandardOpenOption.WRITE);
        Files.move(
                part,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** The nonce is nobody's business. */
    @Override
    public String toString() {
        return "GuestIdentity[" + name + ", " + identity + "]";
    }
}
