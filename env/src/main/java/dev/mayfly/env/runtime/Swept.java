package dev.mayfly.env.runtime;

import java.util.List;

/**
 * What a sweep found of one runtime.
 *
 * @param killed processes that were still in it
 * @param kept whether its changes are kept, because it is durable
 */
public record Swept(String runtime, String why, List<Long> killed, boolean kept) {
    public Swept {
        killed = List.copyOf(killed);
    }
}
