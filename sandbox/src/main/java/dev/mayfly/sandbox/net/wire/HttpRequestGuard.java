package dev.mayfly.sandbox.net.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Watches the client's half of a plain HTTP/1 connection to one approved name and lets a request through only when it is
 * addressed to that name: every request, not only the first, since a kept-alive connection to a shared front end would
 * otherwise reach its other hosts. It follows the framing of bodies strictly, so that it and the server agree on where
 * the next request begins; what it cannot follow (an upgrade, HTTP/2, odd framing) is refused.
 *
 * <p>State: collecting a head, or inside a body of known length, or inside a chunked body. Not safe for concurrent use.
 */
public final class HttpRequestGuard {
    /** Why a request must not go on. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final String subject;

        Refused(String subject, String why) {
            super(why);
            this.subject = subject;
        }

        /** The host that was named instead, when one was; else empty. */
        public String subject() {
            return subject;
        }
    }

    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILER
    }

    private static final int MAX_HEAD = 64 * 1024;
    private static final int MAX_CHUNK_LINE = 4096;

    private final String approvedName;
    private final int approvedPort;
    private byte[] held = new byte[1024];
    private int heldLength;
    private State state = State.HEAD;
    private long remaining;

    public HttpRequestGuard(String approvedName, int approvedPort) {
        this.approvedName = approvedName;
        this.approvedPort = approvedPort;
    }

    /** Takes bytes from the client and returns those that may go to the server now; a head is held until complete. */
    public byte[] pass(byte[] bytes, int from, int length) throws Refused {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + heldLength);
        int at = from;
        int end = from + length;
        while (at < end) {
            if (state == State.BODY || state == State.CHUNK_DATA) {
                int here = (int) Math.min(remaining, end - at);
                out.write(bytes, at, here);
                at += here;
                remaining -= here;
                if (remaining == 0) {
                    state = state == State.BODY ? State.HEAD : State.CHUNK_END;
                }
                continue;
            }
            hold(bytes[at++]);
            if (bytes[at - 1] == '\n') {
                line(out);
            }
        }
        return out.toByteArray();
    }

    private void hold(byte one) throws Refused {
        if (heldLength == (state == State.HEAD ? MAX_HEAD : MAX_CHUNK_LINE)) {
            throw new Refused("", "HTTP head or chunk line too long");
        }
        if (heldLength == held.length) {
            held = Arrays.copyOf(held, 2 * held.length);
        }
        held[heldLength++] = one;
    }

    private void line(ByteArrayOutputStream out) throws Refused {
        byte[] bytes = held;
        int length = heldLength;
        if (length < 2 || bytes[length - 2] != '\r') {
            throw new Refused("", "HTTP line that ends without CR");
        }
        switch (state) {
            case HEAD -> {
                if (length == 2) {
                    throw new Refused("", "empty line before an HTTP request");
                }
                if (length < 4 || bytes[length - 4] != '\r' || bytes[length - 3] != '\n') {
                    return; // more lines to come
                }
                head(bytes, length);
            }
            case CHUNK_SIZE -> chunkSize(bytes, length);
            case CHUNK_END -> {
                if (length != 2) {
                    throw new Refused("", "chunk longer than it says");
                }
                state = State.CHUNK_SIZE;
            }
            case TRAILER -> {
                if (length == 2) {
                    state = State.HEAD;
                }
            }
            case BODY, CHUNK_DATA -> throw new IllegalStateException("bodies have no lines");
        }
        out.write(bytes, 0, length);
        heldLength = 0;
    }

    private void head(byte[] bytes, int length) throws Refused {
        HttpHead head;
        try {
            head = HttpHead.parse(bytes, 0, length);
        } catch (HttpHead.MalformedHead e) {
            throw new Refused("", String.valueOf(e.getMessage()));
        }
        if (head.method().equalsIgnoreCase("CONNECT")) {
            throw new Refused(safe(head.target()), "CONNECT to a proxy outside");
        }
        if (!head.values("upgrade").isEmpty()) {
            throw new Refused("", "HTTP upgrade, behind which the host could change unseen");
        }
        requireApprovedTarget(head.target());
        List<String> hosts = head.values("host");
        if (hosts.size() != 1) {
            throw new Refused("", hosts.isEmpty() ? "HTTP request without Host" : "HTTP request with two Hosts");
        }
        requireApprovedAuthority(hosts.getFirst());
        frame(head);
    }

    private void requireApprovedTarget(String target) throws Refused {
        if (target.startsWith("/") || target.equals("*")) {
            return;
        }
        if (!target.toLowerCase(Locale.ROOT).startsWith("http://")) {
            throw new Refused(safe(target), "HTTP request target that is neither a path nor an http URL");
        }
        String rest = target.substring("http://".length());
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        requireApprovedAuthority(rest.substring(0, end));
    }

    private void requireApprovedAuthority(String authority) throws Refused {
        boolean ported = authority.lastIndexOf(':') > authority.lastIndexOf(']');
        TargetHost host;
        if (ported) {
            HostPort named = TargetHost.parseWithPort(authority);
            host = named.port() == approvedPort ? named.host() : new TargetHost.Malformed("another port");
        } else {
            host = TargetHost.parsePossiblyBracketed(authority);
        }
        if (!(host instanceof TargetHost.Name name && name.canonical().equals(approvedName))) {
            throw new Refused(safe(authority), "HTTP Host is not the approved name");
        }
    }

    private void frame(HttpHead head) throws Refused {
        List<String> codings = head.values("transfer-encoding");
        List<String> lengths = head.values("content-length");
        if (codings.size() + lengths.size() > 1) {
            throw new Refused("", "HTTP request with two framings");
        }
        if (codings.size() == 1 && head.version().equals("HTTP/1.0")) {
            // A server may then see no body at all (RFC 9112 section 6.1) and take what we follow as one for a request.
            throw new Refused("", "HTTP/1.0 request with a transfer coding");
        }
        if (codings.size() == 1) {
            if (!codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new Refused("", "HTTP transfer coding other than chunked");
            }
            state = State.CHUNK_SIZE;
        } else if (lengths.size() == 1) {
            remaining = number(lengths.getFirst(), 10);
            state = remaining == 0 ? State.HEAD : State.BODY;
        }
    }

    private void chunkSize(byte[] line, int length) throws Refused {
        int end = 0;
        while (end < length && Character.digit(line[end], 16) >= 0) {
            end++;
        }
        boolean closed = line[end] == ';' || (line[end] == '\r' && end == length - 2);
        if (!closed) {
            throw new Refused("", "not a chunk size");
        }
        remaining = number(new String(line, 0, end, StandardCharsets.ISO_8859_1), 16);
        state = remaining == 0 ? State.TRAILER : State.CHUNK_DATA;
    }

    private static long number(String digits, int radix) throws Refused {
        boolean plain = !digits.isEmpty()
                && digits.length() <= 15
                && digits.chars().allMatch(c -> c < 128 && Character.digit(c, radix) >= 0);
        if (!plain) {
            throw new Refused("", "not a length");
        }
        return Long.parseLong(digits, radix);
    }

    /** Text of the job, made harmless for a report. */
    private static String safe(String text) {
        return Printable.of(text);
    }
}
