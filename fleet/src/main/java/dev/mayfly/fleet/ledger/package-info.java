/**
 * The server's ledger over the room {@code store}. Comes in: what {@link dev.mayfly.fleet.server.FleetCore} has decided.
 * Goes out: the same, after any crash. It decides nothing but who may write.
 */
@NullMarked
package dev.mayfly.fleet.ledger;

import org.jspecify.annotations.NullMarked;
