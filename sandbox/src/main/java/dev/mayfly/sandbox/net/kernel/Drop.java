package dev.mayfly.sandbox.net.kernel;

import java.net.InetSocketAddress;

/** Flows to one destination that the kernel refused. */
public record Drop(boolean tcp, InetSocketAddress destination, long count) {}
