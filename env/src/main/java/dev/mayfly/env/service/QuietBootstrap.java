package dev.mayfly.env.service;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * gRPC sets {@code SO_KEEPALIVE} on every channel, and Netty warns of it on each of a Unix socket, which has no such option.
 * Whoever opens channels holds one of these: the logging of the JDK forgets levels of loggers that nobody holds.
 */
final class QuietBootstrap {
    private final Logger logger = Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

    QuietBootstrap() {
        logger.setLevel(Level.SEVERE);
    }
}
