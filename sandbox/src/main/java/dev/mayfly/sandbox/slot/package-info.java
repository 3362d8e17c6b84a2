/**
 * What the backends of native programs share: the pool of slots, user ids, system-call filters as they are handed to the
 * kernel, the directory for sockets and status files, output globs. Knows neither launcher nor bubblewrap.
 */
@NullMarked
package dev.mayfly.sandbox.slot;

import org.jspecify.annotations.NullMarked;
