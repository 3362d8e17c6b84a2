/**
 * The agent as it runs: one thread owns the core, each machine has a thread that waits for it, and a gate lets only so many
 * boot at once, because machines that boot together starve each other until none is ever ready.
 */
@NullMarked
package dev.mayfly.fleet.host;

import org.jspecify.annotations.NullMarked;
