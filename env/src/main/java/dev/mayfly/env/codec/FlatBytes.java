package dev.mayfly.env.codec;

import dev.mayfly.env.object.Digest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * FlatBuffers that nobody vouches for: every read is compared with the end of the bytes. Positions count from the beginning
 * of the array; offsets in it are relative, so where the body begins does not matter.
 *
 * <p>Parts may overlap, so few bytes can claim much. {@link #spend} takes the bytes of each part that is made from an
 * allowance of as many bytes as there are; honest writers never share parts.
 */
final class FlatBytes {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int from;
    private long allowance;

    FlatBytes(byte[] bytes, int from) {
        this.bytes = bytes;
        this.from = from;
        this.allowance = bytes.length;
    }

    /** Where a table is, and where it says which fields it has. */
    record Table(int at, int fields, int fieldsLength) {}

    /** Elements in a row. */
    record Vector(int at, int count) {}

    Table root() {
        return table(from);
    }

    /** The table that the offset at this position leads to. */
    Table table(int position) {
        int at = follow(position);
        long fields = at - (long) number(at);
        if (fields < from || fields > bytes.length - 4) {
            throw beyond();
        }
        int length = half((int) fields);
        if (length < 4 || fields + length > bytes.length) {
            throw beyond();
        }
        return new Table(at, (int) fields, length);
    }

    /** Where a field is; 0 when the table does not have it. */
    int field(Table table, int number) {
        int slot = 4 + 2 * number;
        if (slot + 2 > table.fieldsLength()) {
            return 0;
        }
        int offset = half(table.fields() + slot);
        return offset == 0 ? 0 : table.at() + offset;
    }

    int needed(Table table, int number, String name) {
        int at = field(table, number);
        if (at == 0) {
            throw Corrupt.object("it has no " + name);
        }
        return at;
    }

    /** @param width bytes of an element, at least 1 */
    Vector vector(int position, int width) {
        int at = follow(position);
        long count = Integer.toUnsignedLong(number(at));
        if (count > (bytes.length - at - 4L) / width) {
            throw beyond();
        }
        spend(count * width);
        return new Vector(at + 4, (int) count);
    }

    /** The bytes of a text. */
    byte[] text(int position) {
        Vector text = vector(position, 1);
        byte[] copy = new byte[text.count()];
        System.arraycopy(bytes, text.at(), copy, 0, copy.length);
        return copy;
    }

    Digest digest(int at) {
        need(at, Digest.BYTES);
        return Digest.at(bytes, at);
    }

    int octet(int at) {
        need(at, 1);
        return bytes[at] & 0xff;
    }

    int number(int at) {
        need(at, Integer.BYTES);
        return (int) INT.get(bytes, at);
    }

    long wide(int at) {
        need(at, Long.BYTES);
        return (long) LONG.get(bytes, at);
    }

    void spend(long count) {
        allowance -= count;
        if (allowance < 0) {
            throw Corrupt.object("it claims more parts than its bytes can hold");
        }
    }

    private int half(int at) {
        need(at, Short.BYTES);
        return Short.toUnsignedInt((short) SHORT.get(bytes, at));
    }

    private int follow(int position) {
        long at = position + Integer.toUnsignedLong(number(position));
        if (at == position || at > bytes.length - 4L) {
            throw beyond();
        }
        return (int) at;
    }

    private void need(int at, int count) {
        if (at < from || at > bytes.length - count) {
            throw beyond();
        }
    }

    private static RuntimeException beyond() {
        return Corrupt.object("a part of it lies beyond its end");
    }
}
