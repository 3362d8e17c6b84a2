/**
 * A real nats-server for tests: {@link dev.mayfly.testkit.nats.NatsBinary} finds what {@code nats-server.sh} provided.
 */
@NullMarked
package dev.mayfly.testkit.nats;

import org.jspecify.annotations.NullMarked;
