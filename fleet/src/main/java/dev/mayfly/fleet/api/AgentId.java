package dev.mayfly.fleet.api;

/** One host. Kept by the host itself, so that it comes back as the same after a restart. */
public record AgentId(String value) implements Comparable<AgentId> {
    public AgentId {
        Words.checked("the id of an agent", value);
    }

    @Override
    public int compareTo(AgentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
