package dev.mayfly.sandbox.net;

/** What the proxy port says to a wish, in both its languages. */
enum ProxyAnswer {
    CONNECTED("HTTP/1.1 200 Connection established\r\n\r\n", 0),
    DENIED(refusal("403 Forbidden", "denied by the network policy of this run"), 2),
    UNREACHABLE(refusal("502 Bad Gateway", "permitted, but the host cannot be reached"), 4),
    BAD_REQUEST(refusal("400 Bad Request", "this proxy serves CONNECT only"), 7);

    private final String http;
    private final int socks;

    ProxyAnswer(String http, int socks) {
        this.http = http;
        this.socks = socks;
    }

    String http() {
        return http;
    }

    /** The reply code of RFC 1928 section 6. */
    byte socks() {
        return (byte) socks;
    }

    private static String refusal(String status, String why) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + (why.length() + 1)
                + "\r\nConnection: close\r\n\r\n" + why + "\n";
    }
}
