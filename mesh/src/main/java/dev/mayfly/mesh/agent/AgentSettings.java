package dev.mayfly.mesh.agent;

import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;

/**
 * What an agent was told.
 *
 * @param budget what it may send at most
 * @param protection when it slows down
 */
public record AgentSettings(String agent, String host, List<Outlet> outlets, Budget budget, Protection protection) {
    public AgentSettings {
        outlets = List.copyOf(outlets);
        if (outlets.isEmpty()) {
            throw new IllegalArgumentException("an agent needs an address to probe from");
        }
    }

    /**
     * An address that it probes from.
     *
     * @param sourcePorts how many; each is a socket
     */
    public record Outlet(IpAddress address, String device, String tor, int sourcePorts) {
        public Outlet {
            if (sourcePorts < 1 || sourcePorts > 1024) {
                throw new IllegalArgumentException("1 to 1024 source ports, not " + sourcePorts);
            }
        }
    }

    /**
     * Probes a second.
     *
     * @param host over all its cards
     * @param link of each card
     */
    public record Budget(double host, double link) {
        public static final Budget USUAL = new Budget(2000, 1000);

        public Budget {
            if (!(host > 0) || !(link > 0)) {
                throw new IllegalArgumentException("a budget is above 0");
            }
        }
    }

    /**
     * From where on it slows down.
     *
     * @param heap share of its own heap in use
     * @param processor share of all processors that this process uses
     */
    public record Protection(double heap, double processor) {
        public static final Protection USUAL = new Protection(0.9, 0.9);
    }

    /** With other bounds; addresses and names stay those of the start. */
    public AgentSettings with(Budget newBudget, Protection newProtection) {
        return new AgentSettings(agent, host, outlets, newBudget, newProtection);
    }
}
