package dev.mayfly.base.config;

/**
 * What a value may depend on besides its text.
 *
 * @param home the user's home directory, for {@code ~/}; empty when unknown
 */
public record ParseContext(String home) {}
