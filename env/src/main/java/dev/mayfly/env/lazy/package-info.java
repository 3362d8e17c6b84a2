/**
 * Shows a view before its contents are here. In: what a view lacks and a repository that has it. Out: a file that looks like
 * a pack and fills up while it is read, for {@code env.erofs} as a device of an image, and at the end the same contents in
 * the repository of this machine.
 *
 * <p>{@code LazyPlan} says where in that file each content goes, {@code Feed} gets contents and gives out nothing that was
 * not compared with its digest, {@code LazyView} is the folder that processes share, {@code Feeder} is the process that
 * serves one view and copies everything meanwhile. {@code VIEWS.md} in this room tells what happens when something breaks.
 *
 * <p>Must not know how a view is mounted, nor who runs in it.
 */
@NullMarked
package dev.mayfly.env.lazy;

import org.jspecify.annotations.NullMarked;
