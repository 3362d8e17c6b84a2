package dev.mayfly.sandbox.wasm;

/**
 * SplitMix64 (Steele, Lea, Flood 2014), written out so that no JDK can change the bytes a seed gives. Not for secrets:
 * a run that must be repeatable has none.
 */
final class SeededRandom {
    private long state;

    SeededRandom(long seed) {
        state = seed;
    }

    private long next() {
        state += 0x9e3779b97f4a7c15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Fills with whole words, little-endian; the rest of the last word is dropped. */
    void fill(byte[] bytes) {
        for (int i = 0; i < bytes.length; i += 8) {
            long word = next();
            for (int j = i; j < Math.min(i + 8, bytes.length); j++) {
                bytes[j] = (byte) word;
                word >>>= 8;
            }
        }
    }
}
