package dev.mayfly.sandbox.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands for the world: a server on the test's own loopback that says back what it hears, prefixed by nothing. */
final class EchoServer implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();

    EchoServer() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        try {
            return (InetSocketAddress) listener.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int connections() {
        return connections.get();
    }

    int bytesHeard() {
        return bytes.get();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel one = listener.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> echo(one));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void echo(SocketChannel one) {
        try (one) {
            ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
            while (one.read(buffer.clear()) >= 0) {
                bytes.addAndGet(buffer.position());
                buffer.flip();
                while (buffer.hasRemaining()) {
                    one.write(buffer);
                }
            }
        } catch (IOException gone) {
            // the other side reset
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
