package dev.mayfly.sandbox.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** Connects to an approved address, on the host's side; it must not resolve anything. */
@FunctionalInterface
public interface Dialer {
    SocketChannel dial(InetSocketAddress approved) throws IOException;
}
