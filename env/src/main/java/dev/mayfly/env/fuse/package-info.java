/**
 * Shows a view to processes through FUSE: a server of the kernel's own protocol on {@code /dev/fuse}, without libfuse. It
 * needs no privilege but that to mount, which every user has in a namespace of their own. {@code FUSE.md} in this room tells
 * the protocol's state, the threads, and why a server can be killed and nobody notices.
 *
 * <p>In: a {@link dev.mayfly.env.view.View}, a way from digests to payloads, and open descriptors of {@code /dev/fuse}
 * ({@link dev.mayfly.env.fuse.FuseMount}). Out: answers to the kernel. {@link dev.mayfly.env.fuse.FuseServer} owns its
 * threads, {@link dev.mayfly.env.fuse.FuseMount} the mount and its descriptors. Nothing here writes into a view, decides
 * which process sees which view, or knows what a runtime is.
 *
 * <p>Besides the room {@code platform} this is the only package that touches memory outside the heap: a request and its
 * answer never become objects.
 */
@NullMarked
package dev.mayfly.env.fuse;

import org.jspecify.annotations.NullMarked;
