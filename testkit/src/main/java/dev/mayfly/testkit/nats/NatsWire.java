package dev.mayfly.testkit.nats;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** As much of the client protocol of NATS as one question and its answer need; one connection for each. */
final class NatsWire {
    private static final int MILLIS = 5000;
    private static final int LONGEST_LINE = 1 << 16;

    private NatsWire() {}

    /**
     * What the server says of itself when a client connects.
     *
     * @return JSON
     */
    static String info(int port) throws IOException {
        try (Socket socket = connect(port)) {
            return info(socket.getInputStream());
        }
    }

    /** The first answer to a message, without its headers. */
    static String request(int port, String subject, String payload) throws IOException {
        try (Socket socket = connect(port)) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            info(in);
            int bytes = payload.getBytes(StandardCharsets.UTF_8).length;
            String words = "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"test\",\"version\":\"1\"}\r\n"
                    + "SUB answer 1\r\nPUB " + subject + " answer " + bytes + "\r\n" + payload + "\r\n";
            socket.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
            while (true) {
                String line = line(in);
                if (line.startsWith("MSG ")) {
                    int length = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
                    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
                }
                if (line.startsWith("-ERR")) {
                    throw new IOException(line);
                }
                // INFO comes again after CONNECT; it is of no interest here.
            }
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MILLIS);
        socket.setSoTimeout(MILLIS);
        return socket;
    }

    private static String info(InputStream in) throws IOException {
        String line = line(in);
        if (!line.startsWith("INFO ")) {
            throw new IOException("not a NATS server: " + line);
        }
        return line.substring("INFO ".length());
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.size() == LONGEST_LINE) {
                throw new IOException("the connection ended, or a line does not");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }
}
