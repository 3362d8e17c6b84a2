/**
 * Probes one peer for a person who waits. In: an endpoint, a peer, how often. Out: what became of each probe as it is known,
 * and the sum of all. Belongs to one thread.
 */
@NullMarked
package dev.mayfly.mesh.ping;

import org.jspecify.annotations.NullMarked;
