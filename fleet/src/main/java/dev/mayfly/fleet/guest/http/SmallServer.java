package dev.mayfly.fleet.guest.http;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * As much of HTTP as machines and their hosts need: one request for each connection, of a known length. Whoever is slow,
 * says too much or comes in too great a number costs a bounded share: the JDK's own server bounds neither the time nor the
 * length of what it reads.
 */
final class SmallServer implements AutoCloseable {
    /**
     * @param head the longest request line with all headers, in bytes
     * @param body the longest body, in bytes
     * @param connections at once; others are turned away
     * @param patience from the connection to the last byte of the request, and again for whoever takes the answer
     */
    record Bounds(int head, int body, int connections, Duration patience) {
        Bounds {
            Objects.requireNonNull(patience, "patience");
        }
    }

    /** @param headers by name in small letters */
    record Request(String method, String path, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** @param body JSON */
    record Reply(int status, Map<String, String> headers, String body) {}

    interface Handler {
        Reply answer(Request request) throws InterruptedException;
    }

    /** What cannot be answered as it was asked. */
    private static final class BadRequest extends IOException {
        private static final long serialVersionUID = 1;

        private final int status;
        private final String why;

        BadRequest(int status, String why) {
            super(why);
            this.status = status;
            this.why = why;
        }
    }

    private static final int BACKLOG = 64;
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private final ServerSocket socket;
    private final Bounds bounds;
    private final Handler handler;
    private final Log log;
    private final Semaphore free;
    private final Thread accepting;

    private SmallServer(ServerSocket socket, Bounds bounds, Handler handler, Log log) {
        this.socket = socket;
        this.bounds = bounds;
        this.handler = handler;
        this.log = log;
        this.free = new Semaphore(bounds.connections());
        this.accepting = Thread.ofVirtual().name("http").unstarted(this::accept);
    }

    /** @throws MayflyException {@code LISTEN_FAILED} */
    static SmallServer open(InetSocketAddress at, Bounds bounds, Handler handler, Log log) {
        ServerSocket socket;
        try {
            socket = new ServerSocket();
            socket.bind(at, BACKLOG);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "nobody can be listened to at " + at,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "name an address of this machine that is free",
                    e);
        }
        SmallServer server = new SmallServer(socket, bounds, handler, log);
        server.accepting.start();
        return server;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket caller = socket.accept();
                if (free.tryAcquire()) {
                    Thread.ofVirtual().name("http-caller").start(() -> {
                        try {
                            serve(caller);
                        } finally {
                            free.release();
                        }
                    });
                } else {
                    caller.close();
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    log.debug().cause(e).log("a caller could not be taken in");
                }
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            Reply reply;
            try {
                reply = handler.answer(read(caller));
            } catch (BadRequest e) {
                reply = plain(e.status, e.why);
            } catch (SocketTimeoutException e) {
                reply = plain(408, "the request took too long");
            } catch (RuntimeException e) {
                log.error().cause(e).log("a bug");
                reply = plain(500, "internal error");
            }
            write(caller, reply);
        } catch (IOException e) {
            log.debug().cause(e).log("a caller has gone");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An answer that nobody signs: whoever gets it has shown nothing. */
    static Reply plain(int status, String why) {
        return new Reply(
                status, Map.of(), "{\"error\":\"" + why.replace('"', '\'').replace('\\', '/') + "\"}\n");
    }

    // --- reading ---------------------------------------------------------------------------------------------------

    private Request read(Socket caller) throws IOException {
        Deadline deadline = Deadline.in(bounds.patience(), Ticker.system());
        InputStream in = caller.getInputStream();
        String[] lines = head(caller, in, deadline).split("\r\n", -1);
        String[] first = lines[0].split(" ", -1);
        if (first.length != 3 || !first[2].startsWith("HTTP/1.") || !first[1].startsWith("/")) {
            throw new BadRequest(400, "this is no request of HTTP/1.1");
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1) {
                throw new BadRequest(400, "a header has no name");
            }
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            if (headers.put(name, lines[i].substring(colon + 1).strip()) != null) {
                throw new BadRequest(400, "a header stands there twice");
            }
        }
        return new Request(first[0], first[1], Map.copyOf(headers), text(body(caller, in, headers, deadline)));
    }

    /** What is no UTF-8 becomes something else, and its proof does not fit. */
    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private String head(Socket caller, InputStream in, Deadline deadline) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < END_OF_HEAD.length) {
            int next = next(caller, in, deadline);
            if (next < 0) {
                throw new BadRequest(400, "the request ends before it has begun");
            }
            if (head.size() >= bounds.head()) {
                throw new BadRequest(431, "the headers are longer than " + bounds.head() + " bytes");
            }
            head.write(next);
            matched = next == END_OF_HEAD[matched] ? matched + 1 : next == END_OF_HEAD[0] ? 1 : 0;
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return text.substring(0, text.length() - END_OF_HEAD.length);
    }

    /** Byte by byte: a request is short, and what comes after its head belongs to nobody else. */
    private static int next(Socket caller, InputStream in, Deadline deadline) throws IOException {
        limit(caller, deadline);
        return in.read();
    }

    /** Over all reads together: a byte each second is as slow as none. */
    private static void limit(Socket caller, Deadline deadline) throws IOException {
        long left = deadline.left().toMillis();
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        caller.setSoTimeout((int) left);
    }

    private byte[] body(Socket caller, InputStream in, Map<String, String> headers, Deadline deadline)
            throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            throw new BadRequest(411, "a body must say its length");
        }
        String length = headers.getOrDefault("content-length", "0");
        if (!length.matches("[0-9]{1,9}")) {
            throw new BadRequest(400, "the length of the body is no number");
        }
        int whole = Integer.parseInt(length);
        if (whole > bounds.body()) {
            throw new BadRequest(413, "a body has at most " + bounds.body() + " bytes");
        }
        byte[] body = new byte[whole];
        for (int at = 0; at < whole; ) {
            limit(caller, deadline);
            int n = in.read(body, at, whole - at);
            if (n < 0) {
                throw new BadRequest(400, "the body is shorter than it says");
            }
            at += n;
        }
        return body;
    }

    // --- writing ---------------------------------------------------------------------------------------------------

    private void write(Socket caller, Reply reply) throws IOException {
        // Writing has no time limit of its own; whoever does not read is hung up on.
        Thread watch = Thread.ofVirtual().name("http-watch").start(() -> {
            try {
                Thread.sleep(bounds.patience());
                caller.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                log.debug().cause(e).log("a slow caller could not be hung up on");
            }
        });
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        try {
            StringBuilder head = new StringBuilder("HTTP/1.1 ")
                    .append(reply.status())
                    .append(" -\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
            reply.headers()
                    .forEach((name, value) ->
                            head.append(name).append(": ").append(value).append("\r\n"));
            OutputStream out = caller.getOutputStream();
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            caller.shutdownOutput();
        } finally {
            watch.interrupt();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug().cause(e).log("a socket did not close");
        }
    }
}
