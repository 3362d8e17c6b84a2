package dev.mayfly.platform.probe;

import java.net.InetSocketAddress;

/** What answers at an address. */
public interface HostNetwork {
    /**
     * Connects, sends {@code request} when it is not empty, and returns what comes first, a second at most for each.
     */
    Answer ask(InetSocketAddress address, String request);

    sealed interface Answer {
        record Said(String text) implements Answer {}

        record Silent(String why) implements Answer {}
    }
}
