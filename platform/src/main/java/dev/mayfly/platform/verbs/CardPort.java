package dev.mayfly.platform.verbs;

/** What a port is at the moment. */
public record CardPort(boolean active, boolean ethernet) {}
