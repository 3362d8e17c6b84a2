package dev.mayfly.env.codec;

/** How the digest of an object is made; the number stands in its header. */
public enum Strategy {
    /** Of the old encoding alone, so that objects of different kinds may have the same digest. */
    LEGACY(0),
    /** Of a fixed salt, the kind and the old encoding. */
    SALTED(1);

    private final int number;

    Strategy(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
