package dev.mayfly.env.router;

/** One process and no other: numbers are reused, numbers with start times are not. */
public record ProcessId(int pid, long startTime) {}
