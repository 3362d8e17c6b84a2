package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Identities by chance; that nobody had one before is seen to by whoever gives them. */
public final class FreshIdentities implements Supplier<Identity> {
    private static final int BYTES = 16;

    private final SecureRandom random = new SecureRandom();

    @Override
    public Identity get() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Identity(new MachineIdentifier(HexFormat.of().formatHex(bytes)), MacAddress.of(random.nextLong()));
    }
}
