package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.schedule.Offer;
import java.time.Duration;
import java.util.Optional;

/**
 * What can happen to a server. A call is numbered by whoever carries it, and gets one answer; a link is one connection of
 * an agent, numbered likewise.
 */
public sealed interface Input {
    /** @param patience how long the caller waits; then it is told so */
    record Add(long call, RunnerName name, Wish wish, Duration patience) implements Input {}

    record Delete(long call, RunnerId id, Duration patience) implements Input {}

    /** The caller has hung up; nobody hears an answer. */
    record CallerGone(long call) implements Input {}

    /** @param known the id that the agent was given before */
    record Hello(long link, Optional<AgentId> known, String hostname, Offer offer) implements Input {}

    record Report(long link, AgentReport report) implements Input {}

    record LinkLost(long link) implements Input {}

    /** Somebody wants this host to get nothing new, or to get runners again. */
    record Drain(long call, AgentId agent, boolean drained) implements Input {}

    /** Somebody who knows says that this host will never come back. */
    record ForgetHost(long call, AgentId agent) implements Input {}

    /** Time has passed. Comes every second or so. */
    record Tick() implements Input {}
}
