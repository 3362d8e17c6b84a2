package dev.mayfly.fleet.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.link.Dial;
import dev.mayfly.fleet.link.ServerSide;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.FleetCore;
import dev.mayfly.fleet.server.Input;
import dev.mayfly.fleet.server.Output;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.RunnerStateFile;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Serves callers and agents. Ends when it cannot write any more; then another must be started. */
public final class FleetServer implements Dial, AutoCloseable {
    /** A batch of the store has room for what a step of so many inputs changes. */
    private static final int MOST_AT_ONCE = 256;

    /** More than this many that wait are refused: they would wait longer than any caller does. */
    private static final int MOST_WAITING = 20_000;

    private static final long TICK_MILLIS = 1_000;
    private static final Duration END = Duration.ofSeconds(10);

    private final FleetCore core;
    private final Optional<RunnerStateFile> stateFile;
    private final Clock clock;
    private final Log log;
    private final BlockingQueue<Input> inbox = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Map<Long, CompletableFuture<AddAnswer>> adds = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<DeleteAnswer>> deletes = new ConcurrentHashMap<>();
    private final Map<Long, AgentSide> agents = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Thread owner;
    private volatile boolean open = true;
    private volatile List<RunnerRecord> runners;
    private List<RunnerRecord> told = List.of();

    private FleetServer(FleetCore core, Optional<RunnerStateFile> stateFile, Clock clock, Log log) {
        this.core = core;
        this.stateFile = stateFile;
        this.clock = clock;
        this.log = log;
        this.runners = core.runners();
        this.owner = Thread.ofVirtual().name("fleet-server").unstarted(this::work);
    }

    /** @param stateFile {@code runner-state.json}, if somebody wants one */
    public static FleetServer start(FleetCore core, Optional<RunnerStateFile> stateFile, Clock clock, Log parentLog) {
        FleetServer server =
                new FleetServer(Objects.requireNonNull(core, "core"), stateFile, clock, parentLog.named("fleet"));
        server.owner.start();
        return server;
    }

    /** Waits until the runner is ready, or it is known that it will not be. */
    public AddAnswer add(RunnerName name, Wish wish, Duration patience) throws InterruptedException {
        long call = numbers.incrementAndGet();
        CompletableFuture<AddAnswer> answer = new CompletableFuture<>();
        adds.put(call, answer);
        try {
            put(new Input.Add(call, name, wish, patience));
            return await(answer);
        } finally {
            if (adds.remove(call) != null) {
                inbox.offer(new Input.CallerGone(call));
            }
        }
    }

    /** Waits until nothing of the runner is left. */
    public DeleteAnswer delete(RunnerId id, Duration patience) throws InterruptedException {
        long call = numbers.incrementAndGet();
        CompletableFuture<DeleteAnswer> answer = new CompletableFuture<>();
        deletes.put(call, answer);
        try {
            put(new Input.Delete(call, id, patience));
            return await(answer);
        } finally {
            if (deletes.remove(call) != null) {
                inbox.offer(new Input.CallerGone(call));
            }
        }
    }

    /** All runners as of a moment ago. */
    public List<RunnerRecord> runners() {
        return runners;
    }

    @Override
    public ServerSide dial(Optional<AgentId> known, String hostname, Offer offer, AgentSide agent) {
        long link = numbers.incrementAndGet();
        agents.put(link, agent);
        put(new Input.Hello(link, known, hostname, offer));
        return new ServerSide() {
            @Override
            public void report(AgentReport report) {
                if (agents.containsKey(link)) {
                    put(new Input.Report(link, report));
                }
            }

            @Override
            public void close() {
                if (agents.remove(link) != null) {
                    inbox.offer(new Input.LinkLost(link));
                }
            }
        };
    }

    private void put(Input input) {
        if (!open) {
            throw over();
        }
        if (!inbox.offer(input)) {
            throw new MayflyException(
                    ErrorCode.SERVICE_BUSY,
                    "the fleet's server takes no more",
                    MOST_WAITING + " inputs wait already",
                    "try again in a while");
        }
        if (!open) {
            // It ended between the two looks, and nobody may read the inbox any more.
            end();
        }
    }

    private static MayflyException over() {
        return new MayflyException(
                ErrorCode.SERVICE_UNREACHABLE,
                "the fleet's server does not answer",
                "it is ending, or another has taken over",
                "ask again: who asks with the same name gets the same runner");
    }

    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw over();
        }
    }

    // --- the owner -------------------------------------------------------------------------------------------------

    private void work() {
        try {
            long nextTick = System.nanoTime();
            while (open) {
                List<Input> inputs = new ArrayList<>();
                long left = TimeUnit.NANOSECONDS.toMillis(nextTick - System.nanoTime());
                Input first = inbox.poll(Math.max(0, left), TimeUnit.MILLISECONDS);
                if (first != null) {
                    inputs.add(first);
                    inbox.drainTo(inputs, MOST_AT_ONCE - 1);
                }
                if (System.nanoTime() - nextTick >= 0) {
                    inputs.add(new Input.Tick());
                    nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
                }
                // A wait can end a little before the tick is due.
                if (!inputs.isEmpty()) {
                    step(inputs);
                }
            }
        } catch (InterruptedException e) {
            log.debug().log("the server was told to end");
        } catch (RuntimeException e) {
            log.error().cause(e).log("the fleet's server cannot go on, and another must take over");
        } finally {
            end();
        }
    }

    private void step(List<Input> inputs) {
        for (Output output : core.step(inputs)) {
            act(output);
        }
        runners = core.runners();
        if (stateFile.isPresent() && inputs.getLast() instanceof Input.Tick && !runners.equals(told)) {
            try {
                stateFile.get().write(runners, clock.instant());
                told = runners;
            } catch (MayflyException e) {
                // Whoever only looks must not stop those who work.
                log.warn().cause(e).log("runner-state.json is out of date");
            }
        }
    }

    private void act(Output output) {
        switch (output) {
            case Output.AddAnswered answered ->
                Optional.ofNullable(adds.remove(answered.call())).ifPresent(call -> call.complete(answered.answer()));
            case Output.DeleteAnswered answered ->
                Optional.ofNullable(deletes.remove(answered.call()))
                        .ifPresent(call -> call.complete(answered.answer()));
            case Output.Welcome welcome ->
                agent(welcome.link()).ifPresent(agent -> agent.welcomed(welcome.agent(), welcome.session()));
            case Output.Send send -> agent(send.link()).ifPresent(agent -> agent.ordered(send.command()));
            case Output.Close close ->
                Optional.ofNullable(agents.remove(close.link())).ifPresent(agent -> agent.lost(close.why()));
        }
    }

    private Optional<AgentSide> agent(long link) {
        return Optional.ofNullable(agents.get(link));
    }

    /** Everybody who waits hears that nobody will answer. Done twice is done once. */
    private void end() {
        open = false;
        MayflyException why = over();
        for (Long call : List.copyOf(adds.keySet())) {
            Optional.ofNullable(adds.remove(call)).ifPresent(answer -> answer.completeExceptionally(why));
        }
        for (Long call : List.copyOf(deletes.keySet())) {
            Optional.ofNullable(deletes.remove(call)).ifPresent(answer -> answer.completeExceptionally(why));
        }
        for (Long link : List.copyOf(agents.keySet())) {
            Optional.ofNullable(agents.remove(link)).ifPresent(agent -> agent.lost("the server has ended"));
        }
    }

    /** Ends no runner. */
    @Override
    public void close() {
        open = false;
        owner.interrupt();
        try {
            if (!owner.join(END)) {
                log.warn().log("the fleet's server did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
