/**
 * The port to relational state: batches of statements that apply whole or not at all, with compare-and-set guards, and
 * queries that return records.
 *
 * <p>There is no connection and no interactive transaction here, because a replicated store has none: what must be
 * decided together is written as one {@link dev.mayfly.store.Batch} whose guarded statements abort it. A batch that
 * came back applied survives a power cut, unless it says that it need not. Times are stored as milliseconds since the epoch. Only {@code app} and tests
 * name an adapter.
 */
@NullMarked
package dev.mayfly.store;

import org.jspecify.annotations.NullMarked;
