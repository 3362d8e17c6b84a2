package dev.mayfly.platform.probe;

import java.net.InetSocketAddress;

/** What answers at an address. */
public interface HostNetwork {
    /**
     * Connects and returns what the peer says: its first line when {@code request} is empty, else all that it says to the
     * request until it closes. A second at most for each step, and 64 KiB.
     */
    Answer ask(InetSocketAddress address, String request);

    sealed interface Answer {
        record Said(String text) implements Answer {}

        record Silent(String why) implements Answer {}
    }
}
