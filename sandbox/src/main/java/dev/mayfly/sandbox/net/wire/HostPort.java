package dev.mayfly.sandbox.net.wire;

/** Where a job wants to go; the port is 0 only when the host is malformed. */
public record HostPort(TargetHost host, int port) {}
