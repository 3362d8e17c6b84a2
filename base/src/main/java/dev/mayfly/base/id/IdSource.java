package dev.mayfly.base.id;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Makes ids that nobody has used before. Safe for concurrent use. */
@FunctionalInterface
public interface IdSource {
    /** Characters of an id: 80 random bits, so that a billion of them collide with a chance below one in a million. */
    int LENGTH = 20;

    /** Lower-case hexadecimal digits, {@link #LENGTH} of them: safe in file names, URLs and cgroup names. */
    String next();

    /** Ids that cannot be guessed. */
    static IdSource random() {
        SecureRandom random = new SecureRandom();
        return () -> hex(random);
    }

    /** The same ids in the same order for the same seed; for tests and simulations only. */
    static IdSource seeded(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return () -> {
            synchronized (random) {
                return hex(random);
            }
        };
    }

    private static String hex(RandomGenerator random) {
        byte[] bytes = new byte[LENGTH / 2];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
