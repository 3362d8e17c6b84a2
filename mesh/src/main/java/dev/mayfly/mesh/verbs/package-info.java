/**
 * Watches what processes of this host do with libibverbs, by probes of the kernel on the functions of that library. In: the
 * library, wherever a process has a copy of it. Out: events in the order in which they happened, and how many were lost. Linux
 * on x86-64 and aarch64; elsewhere opening it fails with a reason, and {@link dev.mayfly.mesh.verbs.VerbsDoctor} says so
 * before. Knows nothing of cards or of probing.
 */
@NullMarked
package dev.mayfly.mesh.verbs;

import org.jspecify.annotations.NullMarked;
