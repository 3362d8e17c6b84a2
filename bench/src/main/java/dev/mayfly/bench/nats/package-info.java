/**
 * A nats-server of the benchmark's own, and what it does when the client library alone asks: the limit beside which our
 * figures stand. Nothing of the queue is used here.
 */
@NullMarked
package dev.mayfly.bench.nats;

import org.jspecify.annotations.NullMarked;
