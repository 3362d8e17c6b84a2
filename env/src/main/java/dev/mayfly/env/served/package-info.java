/**
 * Shows whole views through {@code env.fuse} to processes that come and go. In: what a view is made of, and a command that
 * serves one. Out: a folder with the view in it, which stays for as long as anybody uses it, whatever happens to whoever
 * asked for it first or serves it now.
 *
 * <p>{@code HeldFolder} is where mounts stand that a holder has, {@code ServedView} finds or makes one for a user of it,
 * {@code ViewRequest} is what the two sides write and read, {@code ViewServer} is the process that answers. Who lives how
 * long, and who takes what down, is told in {@code FUSE.md} of this room.
 *
 * <p>Must not know what runs in a view.
 */
@NullMarked
package dev.mayfly.env.served;

import org.jspecify.annotations.NullMarked;
