package dev.mayfly.sandbox.net.wire;

import java.util.Arrays;

/** What the first bytes of a client say about the protocol it speaks. */
public enum FirstBytes {
    /** Could still become HTTP: wait for more. */
    UNDECIDED,
    TLS,
    /** A first line that some HTTP server might take for a request. Deliberately wide: the guard behind it is strict. */
    HTTP,
    /** Cannot be TLS or HTTP. */
    OPAQUE;

    /** A first line of text longer than this is taken for HTTP, so that the guard refuses it. */
    public static final int MAX_LINE = 8192;

    private static final int MAX_METHOD = 64;

    public static FirstBytes of(byte[] stream, int length) {
        int at = 0;
        // Servers skip empty lines before a request (RFC 9112 section 2.2), so they must not hide one.
        while (at < length && (stream[at] == '\r' || stream[at] == '\n')) {
            at++;
        }
        if (at == length) {
            return length > MAX_LINE ? HTTP : UNDECIDED;
        }
        if (at == 0 && ClientHello.looksLikeTls(stream[0])) {
            return TLS;
        }
        return line(stream, at, length);
    }

    /** The same when the client has ended its half: an unfinished line is all there will be. */
    public static FirstBytes ofWhole(byte[] stream, int length) {
        byte[] ended = Arrays.copyOf(stream, length + 1);
        ended[length] = '\n';
        FirstBytes kind = of(ended, length + 1);
        return kind == UNDECIDED ? OPAQUE : kind;
    }

    private static FirstBytes line(byte[] stream, int start, int length) {
        boolean inMethod = true;
        for (int at = start; at < length; at++) {
            int c = stream[at] & 0xff;
            if (c == '\n') {
                return mentionsHttp(stream, start, at) ? HTTP : OPAQUE;
            }
            boolean blank = c == ' ' || c == '\t';
            if (c < ' ' && !blank && c != '\r') {
                return OPAQUE;
            }
            inMethod &= !blank;
            if (inMethod && (at - start >= MAX_METHOD || c >= 0x7f)) {
                return OPAQUE;
            }
        }
        return length - start > MAX_LINE ? HTTP : UNDECIDED;
    }

    private static boolean mentionsHttp(byte[] stream, int start, int end) {
        for (int at = start + 1; at + 5 <= end; at++) {
            boolean afterBlank = stream[at - 1] == ' ' || stream[at - 1] == '\t';
            boolean word = (stream[at] | 0x20) == 'h'
                    && (stream[at + 1] | 0x20) == 't'
                    && (stream[at + 2] | 0x20) == 't'
                    && (stream[at + 3] | 0x20) == 'p'
                    && stream[at + 4] == '/';
            if (afterBlank && word) {
                return true;
            }
        }
        return false;
    }
}
