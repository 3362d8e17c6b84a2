/**
 * Shows on the real kernel what the room promises over time and under abuse: nothing is left after thousands of jobs,
 * equal requests give equal digests, the launcher survives any bytes, floods and crashes cost nobody else anything.
 * Looks only at objects of its own: groups named after this process, a block of user ids that no other test uses.
 */
@NullMarked
package dev.mayfly.sandbox.proof;

import org.jspecify.annotations.NullMarked;
