package dev.mayfly.env.object;

import java.nio.ByteBuffer;

/** What an entry of a tree stands for; numbers and words are those of SPFS' formats. */
public enum EntryKind {
    /** A file or a symbolic link, whose content is a payload. */
    BLOB(0, "file"),
    TREE(4, "tree"),
    /** Takes away what lower layers have under this name. */
    MASK(5, "mask");

    private final int number;
    private final String word;

    EntryKind(int number, String word) {
        this.number = number;
        this.word = word;
    }

    public int number() {
        return number;
    }

    /** As the old encoding writes it. */
    public String word() {
        return word;
    }

    /** Bytes that {@link #put} writes. */
    int length() {
        return word.length() + 1;
    }

    /** The word as the old encoding writes it, with the NUL behind it. */
    void put(ByteBuffer buffer) {
        for (int i = 0; i < word.length(); i++) {
            buffer.put((byte) word.charAt(i));
        }
        buffer.put((byte) 0);
    }
}
