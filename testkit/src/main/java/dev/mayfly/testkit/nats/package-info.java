/**
 * A real nats-server for tests: finding one, and starting, killing and pausing it.
 *
 * <p>{@link dev.mayfly.testkit.nats.NatsBinary} finds what {@code nats-server.sh} provided;
 * {@link dev.mayfly.testkit.nats.NatsServer} owns one child process and its store. Knows the wire protocol as far as
 * "is it ready" needs it, and no client library.
 */
@NullMarked
package dev.mayfly.testkit.nats;

import org.jspecify.annotations.NullMarked;
