package dev.mayfly.fleet.sim;

import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.protocol.RunnerReport;
import dev.mayfly.fleet.server.Input;
import java.util.List;

/** One connection between an agent and a server. Loses, doubles and overtakes, and can die on one side only. */
final class SimLink {
    private static final int SLOWEST = 40;

    /** As long as any proxy keeps a packet that nobody takes. */
    private static final int VERY_LATE = 45_000;

    final long number;
    private final World world;
    private final Mutation mutation;
    private final SimServer server;
    private final SimAgent agent;
    private boolean toServer = true;
    private boolean toAgent = true;
    private long delivered;

    SimLink(long number, World world, Mutation mutation, SimServer server, SimAgent agent) {
        this.number = number;
        this.world = world;
        this.mutation = mutation;
        this.server = server;
        this.agent = agent;
    }

    void hello(Input.Hello hello) {
        world.soon(1, SLOWEST, () -> server.hello(this, hello));
    }

    void welcome(AgentInput.Welcomed welcomed) {
        carry(toAgent, () -> agent.welcomed(this, welcomed));
    }

    void report(AgentReport report) {
        carry(toServer, () -> server.take(new Input.Report(number, unfenced(report))));
    }

    void command(Command command) {
        carry(toAgent, () -> agent.ordered(this, unfenced(command)));
    }

    private void carry(boolean open, Runnable delivery) {
        if (!open || world.fault(0.02)) {
            return;
        }
        world.soon(1, world.fault(0.05) ? VERY_LATE : SLOWEST, delivery);
        if (world.fault(0.1)) {
            world.soon(1, world.fault(0.5) ? VERY_LATE : SLOWEST, delivery);
        }
    }

    /** One or both directions go dead without anybody being told. */
    void halfOpen() {
        if (world.chance(0.5)) {
            toServer = false;
        } else {
            toAgent = false;
        }
    }

    void cut() {
        toServer = false;
        toAgent = false;
        world.soon(1, 20_000, () -> server.take(new Input.LinkLost(number)));
        world.soon(1, 20_000, () -> agent.linkLost(this));
    }

    // --- fences taken away -----------------------------------------------------------------------------------------

    private AgentReport unfenced(AgentReport report) {
        List<RunnerReport> runners = report.runners();
        if (mutation == Mutation.PLACEMENT_FENCE) {
            runners = runners.stream()
                    .map(runner -> new RunnerReport(
                            new Attempt(
                                    runner.attempt().runner(),
                                    server.fenceOf(runner.attempt().runner())
                                            .orElse(runner.attempt().fence())),
                            runner.state(),
                            runner.type(),
                            runner.address(),
                            runner.reason(),
                            runner.exitCode()))
                    .toList();
        }
        delivered++;
        long order = mutation == Mutation.REPORT_ORDER ? delivered : report.number();
        return new AgentReport(
                report.agent(), report.session(), order, report.same(), report.draining(), report.offer(), runners);
    }

    private Command unfenced(Command command) {
        if (mutation != Mutation.PLACEMENT_FENCE) {
            return command;
        }
        return switch (command) {
            case Command.Start start -> new Command.Start(present(start.attempt()), start.script());
            case Command.Destroy destroy -> new Command.Destroy(present(destroy.attempt()));
            case Command.Forget forget -> new Command.Forget(present(forget.attempt()));
            case Command.Create create ->
                new Command.Create(asNew(create.attempt()), create.name(), create.type(), create.identity());
            case Command.Renew renew -> renew;
        };
    }

    /** A host that knows no fences takes an order that comes late for a new one, unless it still has the runner. */
    private Attempt asNew(Attempt attempt) {
        boolean known = agent.journal.entries().stream()
                .anyMatch(entry -> entry.attempt().runner().equals(attempt.runner()));
        return known ? present(attempt) : new Attempt(attempt.runner(), new Fence(world.nanos()));
    }

    private Attempt present(Attempt attempt) {
        Fence fence = agent.journal.entries().stream()
                .filter(entry -> entry.attempt().runner().equals(attempt.runner()))
                .map(entry -> entry.attempt().fence())
                .max(Fence::compareTo)
                .orElse(attempt.fence());
        return new Attempt(attempt.runner(), fence);
    }
}
