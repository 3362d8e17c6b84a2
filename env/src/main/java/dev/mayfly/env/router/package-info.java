/**
 * Which view a process sees where one mount serves all of them, as on macOS. In: the number of the calling process. Out: the
 * view of its process tree, or none. Nothing here touches the kernel: processes are asked for through
 * {@link dev.mayfly.env.router.ProcessTable}, so the whole of it is tested with a table that forks, exits and reuses numbers
 * at will.
 */
@NullMarked
package dev.mayfly.env.router;

import org.jspecify.annotations.NullMarked;
