/**
 * The ends that speak to a server over gRPC: an agent's line, and the client of people and of the plugin. Comes in: an address,
 * a token, certificates. Goes out: what the interfaces of {@code link} promise, and answers as JSON, which is what people and
 * programs are shown.
 */
@NullMarked
package dev.mayfly.fleet.remote;

import org.jspecify.annotations.NullMarked;
