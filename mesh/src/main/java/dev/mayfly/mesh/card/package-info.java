/**
 * Frames over RDMA cards. In: an address of this host that a card has, and {@link dev.mayfly.platform.verbs}. Out: a
 * transport whose stamps are the card's where it makes any, and whose queue pair is the card's to choose.
 *
 * <p>Must not know which structures lie behind a card. Belongs to one thread, as all transports do.
 */
@NullMarked
package dev.mayfly.mesh.card;

import org.jspecify.annotations.NullMarked;
