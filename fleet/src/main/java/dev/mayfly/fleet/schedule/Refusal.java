package dev.mayfly.fleet.schedule;

/** Why a host does not get a runner; the first reason that holds, in this order. */
public enum Refusal {
    SILENT("is not heard from"),
    DRAINING("is being drained"),
    LABELS("lacks a label"),
    TYPE("does not take this size"),
    TOO_SMALL("is smaller than this size"),
    FULL("holds as many runners as it may"),
    MEMORY("has not enough memory free");

    private final String words;

    Refusal(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
