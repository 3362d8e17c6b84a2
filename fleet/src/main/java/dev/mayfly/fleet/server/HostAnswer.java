package dev.mayfly.fleet.server;

/** What becomes of a word about a host. */
public enum HostAnswer {
    DONE,
    /** There is no such host. */
    UNKNOWN,
    /** It was to be forgotten, and is connected. */
    STILL_THERE
}
