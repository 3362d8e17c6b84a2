package dev.mayfly.env.sync;

/**
 * How to copy.
 *
 * @param objects how many objects are read at a time
 * @param payloads how many payloads are copied at a time
 * @param existing what to think of what the destination has
 */
public record CopyOptions(int objects, int payloads, Existing existing) {
    public enum Existing {
        /** An object that is there is whole, with everything below it: repositories publish children first. */
        TRUST,
        /** Looks for everything below objects that are there, and copies what is missing. */
        CHECK
    }

    public static final CopyOptions USUAL = new CopyOptions(16, 16, Existing.TRUST);

    public CopyOptions {
        if (objects < 1 || payloads < 1) {
            throw new IllegalArgumentException("at least one at a time: " + objects + ", " + payloads);
        }
    }

    public CopyOptions checking() {
        return new CopyOptions(objects, payloads, Existing.CHECK);
    }
}
