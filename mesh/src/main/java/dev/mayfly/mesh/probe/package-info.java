/**
 * What becomes of a probe. In: what was sent, what came back and when, from a transport that is not known here. Out: one
 * verdict for each probe with its time split in three, and windows of verdicts.
 *
 * <p>Pure: time is handed in with each event. State belongs to one thread, the one that sends and receives. Why the rules
 * are as they are is in {@code DESIGN.md} of the room.
 */
@NullMarked
package dev.mayfly.mesh.probe;

import org.jspecify.annotations.NullMarked;
