/**
 * Environments: layers of files, stacked, mounted for one process tree. In: folders to commit, references to run. Out:
 * objects named by their content, views of stacks of layers, mounts of views.
 *
 * <p>{@code object} is what there is, {@code codec} how it is written (as SPFS writes it), {@code spec} how people name it,
 * {@code repo} where it is kept, {@code sync} how it gets from one place to another, {@code view} what a stack of layers
 * looks like; {@code erofs}, {@code fuse} and {@code render} show a view to processes, {@code served} does so
 * through {@code fuse} for as long as anybody has the view; {@code runtime} keeps it for one tree
 * of them, {@code edit} makes layers of what they changed, and {@code router} finds the view of a process where one mount
 * serves all; {@code service} does all of this for others on the machine. {@code library} is how others see a repository. Only this room's adapters touch disk and kernel. It knows
 * nothing of sandboxes, queues and machines.
 */
@NullMarked
package dev.mayfly.env;

import org.jspecify.annotations.NullMarked;
