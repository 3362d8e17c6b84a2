package dev.mayfly.env.repo.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mayfly.testkit.s3.S3Server;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** As much of an object store as a repository asks for, in memory, which does wrong what a test tells it to. */
final class HostileStore implements AutoCloseable {
    /** What may go wrong with one request. */
    enum Fault {
        /** Half of the content that the answer announces. */
        CUT_OFF,
        /** Other content of the same size. */
        WRONG_BYTES,
        /** All of the content, whatever part was asked for. */
        WHOLE,
        BUSY,
        DENIED,
        /** No answer for a while. */
        SILENT,
        /** A byte now and then. */
        TRICKLE,
        /** A page for people. */
        PAGE,
        /** Does what it is asked, and closes the connection instead of saying so. */
        LOST_ANSWER,
        /** Does not know requests with conditions. */
        NOT_BUILT
    }

    private record Rule(BiPredicate<String, String> which, Fault fault, int[] left) {}

    private static final long A_WHILE_MILLIS = 1500;
    private static final int PAGE = 2;

    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> contents = new TreeMap<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean ignoresConditions;
    private volatile boolean endlessLists;

    HostileStore() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        http.createContext("/", this::answer);
        http.setExecutor(threads);
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    /** @param which by method and key */
    void fault(Fault fault, int times, BiPredicate<String, String> which) {
        rules.add(new Rule(which, fault, new int[] {times}));
    }

    void behave() {
        rules.clear();
        ignoresConditions = false;
        endlessLists = false;
    }

    void ignoreConditions() {
        ignoresConditions = true;
    }

    void listWithoutEnd() {
        endlessLists = true;
    }

    /** {@code METHOD key} of every request so far. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    void forgetAsked() {
        asked.clear();
    }

    synchronized Map<String, byte[]> contents() {
        return new TreeMap<>(contents);
    }

    synchronized void set(String key, byte[] content) {
        contents.put(key, content);
    }

    private Optional<Fault> faultOf(String method, String key) {
        synchronized (rules) {
            for (Rule each : rules) {
                if (each.left()[0] > 0 && each.which().test(method, key)) {
                    each.left()[0]--;
                    return Optional.of(each.fault());
                }
            }
        }
        return Optional.empty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String root = "/" + S3Server.BUCKET;
        String path = exchange.getRequestURI().getPath();
        String key = path.length() > root.length() + 1 ? path.substring(root.length() + 1) : "";
        String method = exchange.getRequestMethod();
        asked.add(method + " " + key);
        Optional<Fault> fault = faultOf(method, key);
        try (exchange) {
            switch (fault.orElse(Fault.CUT_OFF)) {
                case BUSY -> refuse(exchange, 503, "SlowDown", "reduce your rate");
                case DENIED -> refuse(exchange, 403, "AccessDenied", "not you\u009b31m");
                case SILENT -> Thread.sleep(A_WHILE_MILLIS);
                case PAGE -> say(exchange, 200, "<html><body>Welcome</body></html>".getBytes(StandardCharsets.UTF_8));
                case NOT_BUILT -> refuse(exchange, 501, "NotImplemented", "what is a condition?");
                default -> {
                    if (method.equals("PUT")) {
                        put(exchange, key, fault);
                    } else if (key.isEmpty()) {
                        list(exchange);
                    } else {
                        get(exchange, key, fault);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String etag(byte[] content) {
        return "\"" + HexFormat.of().formatHex(Md5.start().digest(content)) + "\"";
    }

    private void put(HttpExchange exchange, String key, Optional<Fault> fault) throws IOException {
        byte[] content = exchange.getRequestBody().readAllBytes();
        String isNew = exchange.getRequestHeaders().getFirst("If-None-Match");
        String isStill = exchange.getRequestHeaders().getFirst("If-Match");
        synchronized (this) {
            byte[] there = contents.get(key);
            boolean holds = (isNew == null || there == null)
                    && (isStill == null || there != null && isStill.equals(etag(there)));
            if (!holds && !ignoresConditions) {
                refuse(exchange, 412, "PreconditionFailed", "a condition does not hold");
                return;
            }
            contents.put(key, content);
        }
        if (fault.equals(Optional.of(Fault.LOST_ANSWER))) {
            return;
        }
        exchange.getResponseHeaders().set("ETag", etag(content));
        say(exchange, 200, new byte[0]);
    }

    private void get(HttpExchange exchange, String key, Optional<Fault> fault)
            throws IOException, InterruptedException {
        byte[] content = contents().get(key);
        if (content == null) {
            refuse(exchange, 404, "NoSuchKey", "there is none");
            return;
        }
        exchange.getResponseHeaders().set("ETag", etag(content));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        byte[] part = content.clone();
        int status = 200;
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range != null && !fault.equals(Optional.of(Fault.WHOLE))) {
            String[] ends = range.substring("bytes=".length()).split("-", -1);
            int from = Integer.parseInt(ends[0]);
            int to = Math.min(content.length, Integer.parseInt(ends[1]) + 1);
            part = Arrays.copyOfRange(content, from, to);
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
            status = 206;
        }
        if (fault.equals(Optional.of(Fault.WRONG_BYTES))) {
            part[part.length / 2] ^= 1;
        }
        boolean cut = fault.equals(Optional.of(Fault.CUT_OFF));
        exchange.sendResponseHeaders(status, part.length == 0 ? -1 : part.length);
        OutputStream out = exchange.getResponseBody();
        try {
            if (fault.equals(Optional.of(Fault.TRICKLE))) {
                for (int i = 0; i < 20; i++) {
                    out.write(part, i, 1);
                    out.flush();
                    Thread.sleep(A_WHILE_MILLIS / 20);
                }
            } else {
                out.write(part, 0, cut ? part.length / 2 : part.length);
                out.flush();
            }
        } catch (IOException e) {
            // It has gone. What is not whole is cut off when the exchange is closed.
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        Map<String, String> query = Arrays.stream(
                        exchange.getRequestURI().getQuery().split("&"))
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> each[0], each -> each.length > 1 ? each[1] : ""));
        String after = query.getOrDefault("continuation-token", "");
        List<String> keys = new ArrayList<>();
        for (String each : contents().keySet()) {
            if (each.startsWith(query.getOrDefault("prefix", "")) && each.compareTo(after) > 0) {
                keys.add(each);
            }
        }
        boolean more = keys.size() > PAGE || endlessLists;
        List<String> page = keys.subList(0, Math.min(PAGE, keys.size()));
        StringBuilder xml = new StringBuilder("<ListBucketResult><IsTruncated>" + more + "</IsTruncated>");
        for (String each : page) {
            xml.append("<Contents><Key>" + each + "</Key><Size>" + contents().get(each).length + "</Size></Contents>");
        }
        if (more) {
            String last = endlessLists ? "again" : page.getLast();
            xml.append("<NextContinuationToken>" + last + "</NextContinuationToken>");
        }
        say(exchange, 200, xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void refuse(HttpExchange exchange, int status, String code, String words) throws IOException {
        exchange.getRequestBody().readAllBytes();
        boolean head = exchange.getRequestMethod().equals("HEAD");
        byte[] body = ("<Error><Code>" + code + "</Code><Message>" + words + "</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static void say(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
