package dev.mayfly.sandbox.net.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds ClientHellos, good and odd. */
public final class TlsBytes {
    private TlsBytes() {}

    /** A hello with these server names, one extension for each. */
    public static byte[] hello(String... names) {
        ByteArrayOutputStream extensions = new ByteArrayOutputStream();
        extensions.writeBytes(extension(43, new byte[] {2, 3, 4}));
        for (String name : names) {
            byte[] host = name.getBytes(StandardCharsets.ISO_8859_1);
            extensions.writeBytes(extension(
                    0,
                    ByteBuffer.allocate(5 + host.length)
                            .putShort((short) (3 + host.length))
                            .put((byte) 0)
                            .putShort((short) host.length)
                            .put(host)
                            .array()));
        }
        return record(handshake(extensions.toByteArray()));
    }

    static byte[] extension(int type, byte[] content) {
        return ByteBuffer.allocate(4 + content.length)
                .putShort((short) type)
                .putShort((short) content.length)
                .put(content)
                .array();
    }

    static byte[] handshake(byte[] extensions) {
        int body = 2 + 32 + 1 + 32 + 2 + 4 + 2 + 2 + extensions.length;
        ByteBuffer out = ByteBuffer.allocate(4 + body);
        out.put((byte) 1).put((byte) 0).putShort((short) body);
        out.putShort((short) 0x0303).put(new byte[32]);
        out.put((byte) 32).put(new byte[32]);
        out.putShort((short) 4).putShort((short) 0x1301).putShort((short) 0x1302);
        out.put((byte) 1).put((byte) 0);
        out.putShort((short) extensions.length).put(extensions);
        return out.array();
    }

    static byte[] record(byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) 22)
                .putShort((short) 0x0301)
                .putShort((short) content.length)
                .put(content)
                .array();
    }

    /** The same handshake message cut into records of this many bytes. */
    static byte[] fragmented(byte[] hello, int size) {
        byte[] message = Arrays.copyOfRange(hello, 5, hello.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += size) {
            out.writeBytes(record(Arrays.copyOfRange(message, at, Math.min(message.length, at + size))));
        }
        return out.toByteArray();
    }
}
