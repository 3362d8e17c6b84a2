/**
 * Probes and answers over a transport. In: peers, and when to probe whom. Out: verdicts to an
 * {@link dev.mayfly.mesh.probe.OutcomeSink}; answers to peers that are known, at a bounded rate, and to nobody else.
 *
 * <p>An endpoint belongs to one thread, which calls {@code turn} in a loop. It decides neither whom to probe nor what a
 * verdict means.
 */
@NullMarked
package dev.mayfly.mesh.endpoint;

import org.jspecify.annotations.NullMarked;
