package dev.mayfly.platform.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

final class RealNetwork implements HostNetwork {
    private static final int MILLIS = 1000;
    private static final int MOST_BYTES = 4096;

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
            byte[] bytes = new byte[MOST_BYTES];
            int count = socket.getInputStream().read(bytes);
            return count < 0
                    ? new Answer.Silent("connected, but it closed without a word")
                    : new Answer.Said(new String(bytes, 0, count, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Answer.Silent(HostFiles.reason(e));
        }
    }
}
