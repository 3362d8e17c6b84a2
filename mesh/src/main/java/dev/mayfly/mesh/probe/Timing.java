package dev.mayfly.mesh.probe;

/**
 * Where the time of a probe went.
 *
 * @param networkNanos on the wire, both ways
 * @param responderNanos in the other host, from its card up and down again
 * @param proberNanos in this host
 */
public record Timing(long networkNanos, long responderNanos, long proberNanos) {}
