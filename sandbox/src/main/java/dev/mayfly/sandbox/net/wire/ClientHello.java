package dev.mayfly.sandbox.net.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the server name out of the first TLS message of a client (RFC 8446 section 4.1.2, RFC 6066 section 3), over as
 * many records as it was cut into. Only the part before encryption; what follows is none of the mediator's business.
 */
public sealed interface ClientHello {
    /** More bytes are needed to say. */
    record Incomplete() implements ClientHello {}

    /** A well-formed hello; the name is absent when the client sent none. */
    record Hello(Optional<TargetHost> serverName) implements ClientHello {}

    /** Not a ClientHello, though it began like TLS. */
    record Malformed(String why) implements ClientHello {}

    int RECORD_HANDSHAKE = 22;
    int MAX_HELLO = 16 * 1024;

    private static int maxRecord() {
        return 16384;
    }

    /** Whether the first byte of a stream can only be the start of a TLS handshake. */
    static boolean looksLikeTls(byte first) {
        return first == RECORD_HANDSHAKE;
    }

    /** Reads what has come so far. */
    static ClientHello parse(byte[] stream, int length) {
        ByteBuffer records = ByteBuffer.wrap(stream, 0, length);
        ByteBuffer handshake = ByteBuffer.allocate(length);
        while (records.remaining() >= 5) {
            int type = records.get();
            int major = records.get();
            records.get();
            int size = Short.toUnsignedInt(records.getShort());
            if (type != RECORD_HANDSHAKE || major != 3 || size == 0 || size > maxRecord()) {
                return new Malformed("not a TLS handshake record");
            }
            int here = Math.min(size, records.remaining());
            handshake
                    .put(handshake.position(), records, records.position(), here)
                    .position(handshake.position() + here);
            records.position(records.position() + here);
            if (handshake.position() >= 4) {
                int wanted = (handshake.get(1) & 0xff) << 16 | Short.toUnsignedInt(handshake.getShort(2));
                if (handshake.get(0) != 1 || wanted > MAX_HELLO) {
                    return new Malformed("not a ClientHello");
                }
                if (handshake.position() >= 4 + wanted) {
                    return body(handshake.slice(4, wanted));
                }
            }
            if (here < size) {
                break;
            }
        }
        return new Incomplete();
    }

    private static ClientHello body(ByteBuffer hello) {
        try {
            skip(hello, 2 + 32); // version, random
            skip(hello, hello.get() & 0xff); // session
            skip(hello, Short.toUnsignedInt(hello.getShort())); // cipher suites
            skip(hello, hello.get() & 0xff); // compression
            if (!hello.hasRemaining()) {
                return new Hello(Optional.empty());
            }
            ByteBuffer extensions = part(hello, Short.toUnsignedInt(hello.getShort()));
            if (hello.hasRemaining()) {
                return new Malformed("bytes behind the extensions of a ClientHello");
            }
            Optional<TargetHost> name = Optional.empty();
            while (extensions.hasRemaining()) {
                int type = Short.toUnsignedInt(extensions.getShort());
                ByteBuffer content = part(extensions, Short.toUnsignedInt(extensions.getShort()));
                if (type == 0) {
                    if (name.isPresent()) {
                        return new Malformed("two server names in a ClientHello");
                    }
                    name = Optional.of(serverName(content));
                }
            }
            return new Hello(name);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return new Malformed("ClientHello is shorter than it says");
        }
    }

    /** Exactly one entry of type host_name, as every client sends it and RFC 6066 demands. */
    private static TargetHost serverName(ByteBuffer content) {
        ByteBuffer list = part(content, Short.toUnsignedInt(content.getShort()));
        int type = list.get();
        ByteBuffer host = part(list, Short.toUnsignedInt(list.getShort()));
        if (type != 0 || list.hasRemaining() || content.hasRemaining()) {
            return new TargetHost.Malformed("server name list with other than one host name");
        }
        byte[] bytes = new byte[host.remaining()];
        host.get(bytes);
        return TargetHost.parse(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static void skip(ByteBuffer buffer, int count) {
        buffer.position(buffer.position() + count);
    }

    private static ByteBuffer part(ByteBuffer buffer, int length) {
        ByteBuffer part = buffer.slice(buffer.position(), length);
        skip(buffer, length);
        return part;
    }
}
