/**
 * What machines have in common that are made here and answer to SSH, whatever makes them: a bundle, which is all the state
 * there is; a process that works in it and outlives its agent; a guest's agent behind a socket in it; a login that is kept.
 */
@NullMarked
package dev.mayfly.fleet.backend.machine;

import org.jspecify.annotations.NullMarked;
