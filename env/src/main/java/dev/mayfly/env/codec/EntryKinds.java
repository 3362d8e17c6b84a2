package dev.mayfly.env.codec;

import dev.mayfly.env.object.EntryKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Kinds of entries by what formats have for them. */
final class EntryKinds {
    private EntryKinds() {}

    static EntryKind ofNumber(int number) {
        for (EntryKind kind : EntryKind.values()) {
            if (kind.number() == number) {
                return kind;
            }
        }
        throw Corrupt.object("an entry has the unknown kind " + number);
    }

    static EntryKind ofWord(byte[] word) {
        for (EntryKind kind : EntryKind.values()) {
            if (Arrays.equals(kind.word().getBytes(StandardCharsets.US_ASCII), word)) {
                return kind;
            }
        }
        throw Corrupt.object("an entry has an unknown kind");
    }
}
