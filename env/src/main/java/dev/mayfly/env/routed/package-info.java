/**
 * Shows each process tree its own view through one place, where a system has no mount namespaces: the front end of macOS. In:
 * views, the processes that they are for, and something that serves trees of paths ({@link
 * dev.mayfly.env.routed.TreeServer}). Out: two mounts. The small one is where processes look; only its root depends on who
 * asks, nothing of it is remembered by the kernel, and all it has are links into the other one. There each view has a folder
 * of its own, so nothing of one is ever taken for another's, and everything may be remembered for ever.
 *
 * <p>Whose view a process sees is decided by {@link dev.mayfly.env.router}. {@code ROUTER.md} in this room tells the rest.
 *
 * <p>Must not know which library serves the mounts.
 */
@NullMarked
package dev.mayfly.env.routed;

import org.jspecify.annotations.NullMarked;
