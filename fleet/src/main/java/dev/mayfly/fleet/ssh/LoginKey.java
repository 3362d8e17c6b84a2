package dev.mayfly.fleet.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/** The key of one machine: ECDSA on P-256, which the JDK and every SSH server know. */
public final class LoginKey {
    private static final String ALGORITHM = "EC";
    private static final String CURVE = "secp256r1";

    /** RFC 7468; OpenSSH reads it too, so that a user can log in with the file. */
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----\n";

    private static final String END = "-----END PRIVATE KEY-----\n";
    private static final int LINE = 64;

    private final KeyPair pair;

    private LoginKey(KeyPair pair) {
        this.pair = pair;
    }

    public static LoginKey fresh() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(new ECGenParameterSpec(CURVE));
            return new LoginKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            // The module jdk.crypto.ec is part of every JDK.
            throw new IllegalStateException(e);
        }
    }

    /** The private half, which a client of OpenSSH takes too. */
    public static Path file(Path folder) {
        return folder.resolve("key");
    }

    /** What {@link #save} has written. */
    public static LoginKey load(Path folder) throws IOException {
        try {
            KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
            String text = Files.readString(file(folder)).replace(BEGIN, "").replace(END, "");
            return new LoginKey(new KeyPair(
                    keys.generatePublic(new X509EncodedKeySpec(Files.readAllBytes(folder.resolve("key.public")))),
                    keys.generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text)))));
        } catch (GeneralSecurityException e) {
            throw new IOException("the key in " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The private half can be read by its owner alone, from its first byte on. */
    public void save(Path folder) throws IOException {
        Path file = file(folder);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'})
                .encodeToString(pair.getPrivate().getEncoded());
        Files.writeString(file, BEGIN + body + "\n" + END, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
        Files.write(folder.resolve("key.public"), pair.getPublic().getEncoded());
    }

    /** As a line of authorized_keys. */
    public String line() {
        return PublicKeyEntry.toString(pair.getPublic());
    }

    KeyPair pair() {
        return pair;
    }

    /** A key is not for logs. */
    @Override
    public String toString() {
        return "LoginKey";
    }
}
