package dev.mayfly.queue.nats;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.nats.client.AuthHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JWT and the seed that proves it, as {@code nsc} writes them into one file. Signed by the JDK, because the library's
 * own way would bring 6 MB of cryptography along.
 */
final class CredentialsFile implements AuthHandler {
    private static final Pattern BLOCK =
            Pattern.compile("-{3,}BEGIN ([A-Z ]+)-{3,}\\s+(\\S+)\\s+-{3,}END [A-Z ]+-{3,}");
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /** Two bytes say what it is the seed of, two more are a checksum (nkeys). */
    private static final int PREFIX = 2;

    private static final int SEED = 32;
    private static final int CHECKSUM = 2;

    private final String jwt;
    private final PrivateKey key;

    private CredentialsFile(String jwt, PrivateKey key) {
        this.jwt = jwt;
        this.key = key;
    }

    static CredentialsFile read(Path file) {
        try {
            String text = Files.readString(file);
            String jwt = "";
            String seed = "";
            for (Matcher block = BLOCK.matcher(text); block.find(); ) {
                if (block.group(1).equals("NATS USER JWT")) {
                    jwt = block.group(2);
                } else if (block.group(1).equals("USER NKEY SEED")) {
                    seed = block.group(2);
                }
            }
            if (jwt.isEmpty() || seed.isEmpty()) {
                throw unreadable(file, "it has no NATS USER JWT or no USER NKEY SEED", null);
            }
            return new CredentialsFile(jwt, key(seed));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static PrivateKey key(String seed) throws GeneralSecurityException {
        byte[] bytes = base32(seed);
        if (bytes.length != PREFIX + SEED + CHECKSUM || !seed.startsWith("SU")) {
            throw new IllegalArgumentException("the seed is not that of a user");
        }
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(
                        NamedParameterSpec.ED25519, Arrays.copyOfRange(bytes, PREFIX, PREFIX + SEED)));
    }

    private static byte[] base32(String text) {
        byte[] bytes = new byte[text.length() * 5 / 8];
        int bits = 0;
        int have = 0;
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = BASE32.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new IllegalArgumentException("the seed has a character that no seed has");
            }
            bits = (bits << 5 | digit) & 0xfff;
            have += 5;
            if (have >= 8) {
                have -= 8;
                bytes[length++] = (byte) (bits >> have);
            }
        }
        return bytes;
    }

    @Override
    public byte[] sign(byte[] nonce) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(nonce);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    @SuppressWarnings("NullAway") // the library wants null here when there is a JWT
    public char @Nullable [] getID() {
        return null;
    }

    @Override
    public char[] getJWT() {
        return jwt.toCharArray();
    }

    private static MayflyException unreadable(Path file, String why, @Nullable Throwable cause) {
        return new MayflyException(
                ErrorCode.INPUT_UNREADABLE,
                "cannot read credentials for the queue from " + file,
                why,
                "give the file that nsc generate creds writes",
                cause);
    }
}
