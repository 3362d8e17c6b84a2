package dev.mayfly.fleet.api;

/** What the server calls a runner, on the wire {@code cloud_id}. Never given twice. */
public record RunnerId(String value) implements Comparable<RunnerId> {
    public RunnerId {
        Words.checked("the id of a runner", value);
    }

    @Override
    public int compareTo(RunnerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
