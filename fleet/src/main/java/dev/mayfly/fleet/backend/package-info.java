/**
 * The port to whatever makes machines. Comes in: an attempt, a size, an identity. Goes out: where the machine answers, how
 * its script ended, and that nothing of it is left. A back end keeps machines apart from its own life: a new one, in a
 * new process, finds and serves those that an earlier one has made. One contract suite holds all of them.
 */
@NullMarked
package dev.mayfly.fleet.backend;

import org.jspecify.annotations.NullMarked;
