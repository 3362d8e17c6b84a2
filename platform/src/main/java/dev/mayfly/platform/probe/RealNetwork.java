package dev.mayfly.platform.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

final class RealNetwork implements HostNetwork {
    private static final int MILLIS = 1000;
    private static final int MOST_BYTES = 1 << 16;

    @Override
    public Answer ask(InetSocketAddress address, String request) {
        InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
        if (resolved.isUnresolved()) {
            return new Answer.Silent("the name " + address.getHostString() + " has no address");
        }
        try (Socket socket = new Socket()) {
            socket.connect(resolved, MILLIS);
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String said = listen(socket.getInputStream(), request.isEmpty());
            return said.isEmpty()
                    ? new Answer.Silent("connected, but it closed without a word")
                    : new Answer.Said(said);
        } catch (IOException e) {
            return new Answer.Silent(HostFiles.reason(e));
        }
    }

    private static String listen(InputStream in, boolean oneLine) throws IOException {
        byte[] bytes = new byte[MOST_BYTES];
        int count = 0;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        while (count < MOST_BYTES && System.nanoTime() < deadline) {
            int more;
            try {
                more = in.read(bytes, count, MOST_BYTES - count);
            } catch (SocketTimeoutException e) {
                if (count == 0) {
                    throw e;
                }
                break;
            }
            if (more < 0) {
                break;
            }
            count += more;
            if (oneLine && bytes[count - 1] == '\n') {
                break;
            }
        }
        return new String(bytes, 0, count, StandardCharsets.UTF_8);
    }
}
