package dev.mayfly.fleet.schedule;

/** What the server thinks of an agent, by its own clock only. */
public enum Health {
    /** Heard from lately. */
    ONLINE,
    /** Silent for a while: keeps what it has, gets nothing new. */
    SUSPECT,
    /** Silent for long: what it had not started yet is placed anew. */
    LOST
}
