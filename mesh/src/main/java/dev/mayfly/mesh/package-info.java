/**
 * Health of a network between cards that speak RoCEv2. In: peers to probe. Out: what became of each probe, with its time
 * split into network, responder and prober.
 *
 * <p>{@code wire} is the frame: bytes and nothing else. {@code probe} judges what came of a probe. This room knows nothing of jobs, sandboxes and environments.
 */
@NullMarked
package dev.mayfly.mesh;

import org.jspecify.annotations.NullMarked;
