package dev.mayfly.sandbox.launcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds one frame. Everything is little-endian; the length in the header is filled in at the end. */
final class FrameWriter {
    private static final int FIELD_HEADER = 8;
    private static final int FIRST_SIZE = 8192;

    private byte[] bytes = new byte[FIRST_SIZE];
    private ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    FrameWriter(int type) {
        view.putInt(0).putShort((short) type).putShort((short) 0);
    }

    /** The launcher refuses larger frames, so they are not even built. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLarge(long size) {
            super("a frame of " + size + " bytes is more than the launcher takes (" + Wire.FRAME_MAX + ")");
        }
    }

    private void field(int tag, long length) {
        long needed = view.position() + FIELD_HEADER + length;
        if (needed > Wire.FRAME_MAX) {
            throw new TooLarge(needed);
        }
        if (needed > bytes.length) {
            int position = view.position();
            bytes = Arrays.copyOf(bytes, (int) Math.min(Wire.FRAME_MAX, Math.max(needed, bytes.length * 2L)));
            view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(position);
        }
        view.putShort((short) tag).putShort((short) 0).putInt((int) length);
    }

    FrameWriter number(int tag, long value) {
        field(tag, Long.BYTES);
        view.putLong(value);
        return this;
    }

    FrameWriter bytes(int tag, byte[] value) {
        field(tag, value.length);
        view.put(value);
        return this;
    }

    /** Texts separated by NUL; a NUL inside one of them would shift the others. */
    FrameWriter texts(int tag, String... texts) {
        for (String text : texts) {
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("NUL inside a text for the launcher");
            }
        }
        return bytes(tag, String.join("\0", texts).getBytes(StandardCharsets.UTF_8));
    }

    FrameWriter limit(int resource, long value) {
        field(Wire.Run.RLIMIT, Integer.BYTES + Long.BYTES);
        view.putInt(resource).putLong(value);
        return this;
    }

    FrameWriter file(int mode, String path, byte[] content) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length > 4095) {
            throw new IllegalArgumentException("path of " + name.length + " bytes is longer than a path may be");
        }
        field(Wire.Run.FILE, Integer.BYTES + Short.BYTES + name.length + (long) content.length);
        view.putInt(mode).putShort((short) name.length).put(name).put(content);
        return this;
    }

    /** The finished frame, ready to be written. */
    ByteBuffer finish() {
        view.putInt(0, view.position() - Wire.HEADER);
        return ByteBuffer.wrap(bytes, 0, view.position());
    }
}
