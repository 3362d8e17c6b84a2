/**
 * Exactly one result per job, whatever dies. In: requests as messages. Out: one stored answer per job, replayed on every
 * duplicate; what cannot be answered is kept as a dead letter.
 *
 * <p>The state is owned by an engine: {@code embedded} keeps it in SQLite, {@code nats} in JetStream. This room does not
 * know what a job is or how it runs; it asks {@link dev.mayfly.queue.port.JobRunner}. Its threads: one virtual thread for
 * each slot of a worker, one for its heart. Read {@code DESIGN.md} for the protocol and its proof.
 */
@NullMarked
package dev.mayfly.queue;

import org.jspecify.annotations.NullMarked;
