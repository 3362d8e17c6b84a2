/**
 * The server's edge: gRPC in, calls of {@link dev.mayfly.fleet.service.FleetServer} out. Comes in: agents, clients of shoes-vz,
 * people, all behind a token. It decides nothing and keeps nothing but connections; whoever is slow to read is told less, never
 * later.
 */
@NullMarked
package dev.mayfly.fleet.edge;

import org.jspecify.annotations.NullMarked;
