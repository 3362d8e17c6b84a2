/**
 * Networks that exist in memory only, in time that moves when it is told to. In: what becomes of each frame. Out: a
 * transport for each address. Same seed, same run. Belongs to one thread.
 */
@NullMarked
package dev.mayfly.mesh.sim;

import org.jspecify.annotations.NullMarked;
