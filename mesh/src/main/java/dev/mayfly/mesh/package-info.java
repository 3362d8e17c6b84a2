/**
 * Health of a network between cards that speak RoCEv2. In: peers to probe. Out: what became of each probe, with its time
 * split into network, responder and prober.
 *
 * <p>{@code wire} is the frame: bytes and nothing else. {@code probe} judges what came of a probe. {@code transport} is how
 * frames reach other hosts, {@code soft} does it over sockets and {@code sim} in memory. {@code endpoint} probes and answers
 * over a transport. {@code ping} does so for a person, {@code trace} shows the way, {@code doctor} says what a host has for it. {@code topology} is what lies between cards, {@code analyze} finds what of it is at fault, and {@code eval}
 * measures how well. This room knows nothing of jobs, sandboxes and environments.
 */
@NullMarked
package dev.mayfly.mesh;

import org.jspecify.annotations.NullMarked;
