package dev.mayfly.sandbox.net;

import java.io.IOException;
import java.net.InetAddress;

/**
 * Which addresses lead back to this machine. A service that listens on all addresses of the host listens on these too, so
 * a rule that means the world does not mean them.
 */
@FunctionalInterface
public interface OwnAddresses {
    /**
     * Whether a connection to this address would end on this machine. Loopback may be answered either way.
     *
     * @throws IOException when the machine does not tell; then the address must not be dialled
     */
    boolean include(InetAddress address) throws IOException;
}
