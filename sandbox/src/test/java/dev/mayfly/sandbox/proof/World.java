package dev.mayfly.sandbox.proof;

import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.net.MediatedNetworks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One public host, {@code good.example}, that is really a port of the test's own loopback and answers "world". */
final class World implements AutoCloseable {
    private final ServerSocketChannel listener;

    World() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        Thread.ofVirtual().start(this::serve);
    }

    SlotNetworks networks() {
        return MediatedNetworks.choose(
                name -> {
                    if (name.equals("good.example")) {
                        return List.of(InetAddress.getByName("93.184.216.34"));
                    }
                    throw new UnknownHostException(name);
                },
                _ -> SocketChannel.open(listener.getLocalAddress()),
                _ -> false);
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                Thread.ofVirtual().start(() -> answer(client));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void answer(SocketChannel client) {
        try (client) {
            client.read(ByteBuffer.allocate(4096));
            client.write(ByteBuffer.wrap(
                    "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nworld\n".getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            // The other side reset.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
