package dev.mayfly.env.pack;

/** What a digest stands for: a payload and the blob that names it have the same one. */
public enum Kind {
    /** Begins at a block of 4 KiB, because images of file systems point into packs by block. */
    PAYLOAD((byte) 'P', 4096),
    OBJECT((byte) 'O', 8);

    private final byte letter;
    private final int alignment;

    Kind(byte letter, int alignment) {
        this.letter = letter;
        this.alignment = alignment;
    }

    /** In index files and leases. */
    public byte letter() {
        return letter;
    }

    public long align(long offset) {
        return (offset + alignment - 1) / alignment * alignment;
    }

    /** @throws IllegalArgumentException when no kind has it */
    public static Kind of(byte letter) {
        for (Kind each : values()) {
            if (each.letter == letter) {
                return each;
            }
        }
        throw new IllegalArgumentException("no kind has the letter " + letter);
    }
}
