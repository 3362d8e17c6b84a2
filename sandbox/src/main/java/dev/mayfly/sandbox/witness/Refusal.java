package dev.mayfly.sandbox.witness;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One kind of refused call, as the kernel's side noted it.
 *
 * @param result the negative errno
 * @param path as the job wrote it, cut off when long; empty when the call has none
 */
record Refusal(int number, int result, long detail, String path, boolean cut, long count) {
    static Refusal of(byte[] key, long count) {
        ByteBuffer fields = ByteBuffer.wrap(key).order(ByteOrder.nativeOrder());
        int length = 0;
        while (length < ExitProgram.PATH_BYTES && key[ExitProgram.KEY_PATH + length] != 0) {
            length++;
        }
        return new Refusal(
                fields.getInt(0),
                fields.getInt(ExitProgram.KEY_RESULT),
                fields.getLong(ExitProgram.KEY_DETAIL),
                new String(key, ExitProgram.KEY_PATH, length, StandardCharsets.UTF_8),
                length == ExitProgram.PATH_BYTES - 1,
                count);
    }
}
