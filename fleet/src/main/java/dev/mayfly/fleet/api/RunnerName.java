package dev.mayfly.fleet.api;

/** What the caller calls a runner. The key by which a repeated wish is known to be the same. */
public record RunnerName(String value) implements Comparable<RunnerName> {
    public RunnerName {
        Words.checked("the name of a runner", value);
    }

    @Override
    public int compareTo(RunnerName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
