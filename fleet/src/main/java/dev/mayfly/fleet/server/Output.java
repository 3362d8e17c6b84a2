package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.protocol.Command;

/** What a server does. None of it before the ledger has what it rests on. */
public sealed interface Output {
    record AddAnswered(long call, AddAnswer answer) implements Output {}

    record DeleteAnswered(long call, DeleteAnswer answer) implements Output {}

    record HostAnswered(long call, HostAnswer answer) implements Output {}

    record Welcome(long link, AgentId agent, long session) implements Output {}

    record Send(long link, Command command) implements Output {}

    /** The link is void: a later one has taken its place, or the server does not know the agent. */
    record Close(long link, String why) implements Output {}
}
