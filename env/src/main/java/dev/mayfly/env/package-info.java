/**
 * Environments: layers of files, stacked, mounted for one process tree. In: folders to commit, references to run. Out:
 * objects named by their content, views of stacks of layers, mounts of views.
 *
 * <p>{@code object} is what there is, {@code codec} how it is written (as SPFS writes it), {@code repo} where it is kept,
 * {@code spec} how people name it, {@code view} what a stack of layers looks like; {@code erofs}, {@code fuse} and {@code render} show a view to processes.
 * Only this room's adapters touch disk and kernel. It knows nothing of sandboxes, queues and machines.
 */
@NullMarked
package dev.mayfly.env;

import org.jspecify.annotations.NullMarked;
