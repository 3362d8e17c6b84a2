/**
 * The native backend: a pool of slots, each one long-lived launcher process (the C program below {@code platform}) that
 * is spoken to over a Unix socket. This side places the launcher into its control groups, tells it the root file system,
 * the limits and the system-call filter, and turns what comes back into an {@code Execution}. The protocol is described
 * in {@code launcher.h}; every frame is checked here as well, because a launcher may be the wrong version. A slot has
 * one owner at a time; the pool is safe for concurrent use.
 */
@NullMarked
package dev.mayfly.sandbox.launcher;

import org.jspecify.annotations.NullMarked;
