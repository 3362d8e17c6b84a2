/**
 * What people write to name an environment, and how it becomes a stack of layers. In: a text such as {@code base+tools~2},
 * repositories. Out: layers from bottom to top, and folders to mount over them. It reads spec files and repositories, writes
 * nothing, and keeps no state.
 *
 * <p>The grammar is that of SPFS; {@code env/FORMAT.md} has it, with the places where it is stricter here.
 */
@NullMarked
package dev.mayfly.env.spec;

import org.jspecify.annotations.NullMarked;
