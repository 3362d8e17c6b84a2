package dev.mayfly.platform.verbs;

/** A way to another card, until it is forgotten. */
public record AddressHandle(long address) {}
