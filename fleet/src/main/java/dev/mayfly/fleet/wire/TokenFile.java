package dev.mayfly.fleet.wire;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** A token in a file that only its owner can read. */
public final class TokenFile {
    private static final int BYTES = 32;

    /** A shorter one could be guessed. */
    private static final int LEAST = 16;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private TokenFile() {}

    /** @throws MayflyException {@code TOKEN_UNUSABLE} when others can read or write it, or there is no token in it */
    public static Token read(Path file) {
        try {
            return new Token(word(file), LEAST);
        } catch (IllegalArgumentException e) {
            throw unusable(file, String.valueOf(e.getMessage()), "write one line with a long random word into it");
        }
    }

    /**
     * What stands in it, for what is no token of the fleet.
     *
     * @throws MayflyException {@code TOKEN_UNUSABLE} when others can read or write it
     */
    public static String word(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw unusable(
                        file,
                        "others than its owner may use it: " + PosixFilePermissions.toString(permissions),
                        "chmod 600 " + file + ", and replace the token if somebody may have read it");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw unusable(
                    file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "name the file in which the fleet's server keeps its token, or copy that file to this machine");
        }
    }

    /** The token in the file; a new one when there is no file. */
    public static Token readOrMake(Path file) {
        if (!Files.exists(file)) {
            make(file);
        }
        return read(file);
    }

    private static void make(Path file) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            // Whole from its first moment on for others who start: written beside, then linked.
            Path beside = Files.createTempFile(
                    file.toAbsolutePath().getParent(), ".token-", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            try {
                Files.writeString(
                        beside,
                        HexFormat.of().formatHex(random) + "\n",
                        StandardCharsets.US_ASCII,
                        StandardOpenOption.WRITE);
                Files.createLink(file, beside);
            } catch (FileAlreadyExistsException _) {
                // Somebody else was faster, and that one counts.
            } finally {
                Files.delete(beside);
            }
        } catch (IOException e) {
            throw unusable(
                    file,
                    "it cannot be made: " + e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "make its folder writable, or choose another --home");
        }
    }

    private static MayflyException unusable(Path file, String why, String fix) {
        return new MayflyException(ErrorCode.TOKEN_UNUSABLE, "there is no token to be had from " + file, why, fix);
    }
}
