/**
 * The server: the one who says which runner is whose.
 *
 * <p>{@link dev.mayfly.fleet.server.FleetCore} decides, alone and by one thread: input in, written to the
 * {@link dev.mayfly.fleet.server.FleetLedger}, and only then output. It has no clock, no thread and no socket of its own,
 * so that the simulator runs the very same code. Whoever cannot write is not the server any more and must be thrown
 * away; the next one takes over from the ledger.
 */
@NullMarked
package dev.mayfly.fleet.server;

import org.jspecify.annotations.NullMarked;
