/**
 * The engine that needs no server: messages, ledger and dead letters in one relational store.
 *
 * <p>Any number of processes may share the store. Each decision is one batch that applies whole or not at all; nothing
 * is held between two batches, so a process that dies leaves only leases that lapse. Those who wait are woken at once by
 * what happens in their own process; {@link dev.mayfly.queue.embedded.Lookout} finds what others did. Leases and the
 * duplicate window go by the wall clock: one that jumps makes a message come again too early or too late, which the
 * ledger's compare and set makes harmless. Start with {@link dev.mayfly.queue.embedded.EmbeddedEngine}.
 */
@NullMarked
package dev.mayfly.queue.embedded;

import org.jspecify.annotations.NullMarked;
