/**
 * The agent: the one who makes and destroys machines on one host.
 *
 * <p>{@link dev.mayfly.fleet.agent.AgentCore} decides: orders of the server and news of machines in, kept by the
 * {@link dev.mayfly.fleet.agent.AgentJournal}, and only then acts and reports. Like the server's core it has no clock and
 * no thread, and the simulator runs the very same code. What it is told twice, late or in another order does no harm;
 * what it must not forget is in the journal before anything rests on it.
 */
@NullMarked
package dev.mayfly.fleet.agent;

import org.jspecify.annotations.NullMarked;
