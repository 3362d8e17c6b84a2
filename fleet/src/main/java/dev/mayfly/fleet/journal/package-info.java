/**
 * The agent's journal as one file, which is replaced whole. A host has tens of runners, not thousands, so one small file
 * and one sync for each step cost less than anything cleverer would.
 */
@NullMarked
package dev.mayfly.fleet.journal;

import org.jspecify.annotations.NullMarked;
