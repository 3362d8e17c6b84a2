/**
 * A fleet that is played, for {@code bench fleet}: thousands of hosts and callers in one process, around a real server in
 * another. Comes in: how many, and how fast. Goes out: what hosts, callers and server say, as values. What is played of a host
 * are its machines, its disk and its threads; the agent's core and the wire are the real ones. Knows nothing of goals.
 */
@NullMarked
package dev.mayfly.bench.control;

import org.jspecify.annotations.NullMarked;
