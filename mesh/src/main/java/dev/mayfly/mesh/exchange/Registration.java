package dev.mayfly.mesh.exchange;

import java.util.List;

/**
 * All that an agent has.
 *
 * @param agent its name, unlike all others
 * @param host where it runs
 */
public record Registration(String agent, String host, List<Card> cards) {
    private static final int LONGEST_NAME = 256;
    private static final int MOST_CARDS = 64;

    public Registration {
        cards = List.copyOf(cards);
        if (agent.isEmpty() || agent.length() > LONGEST_NAME || host.isEmpty() || host.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("an agent and its host have names of at most 256 characters");
        }
        if (cards.size() > MOST_CARDS
                || cards.stream().map(Card::address).distinct().count() < cards.size()) {
            throw new IllegalArgumentException("an agent has at most 64 cards, each with an address of its own");
        }
    }
}
