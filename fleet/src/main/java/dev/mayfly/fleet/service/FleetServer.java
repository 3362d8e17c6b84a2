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
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Question;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.FleetCore;
import dev.mayfly.fleet.server.HostAnswer;
import dev.mayfly.fleet.server.Input;
import dev.mayfly.fleet.server.Output;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.RunnerStateFile;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** Serves callers and agents. Ends when it cannot write any more; then another must be started. */
public final class FleetServer implements Dial, AutoCloseable {
    /** A batch of the store has room for what a step of so many inputs changes. */
    private static final int MOST_AT_ONCE = 256;

    /** More than this many that wait are refused: they would wait longer than any caller does. */
    private static final int MOST_WAITING = 20_000;

    private static final long TICK_MILLIS = 1_000;
    private static final Duration END = Duration.ofSeconds(10);

    private final FleetCore core;
    private final Optional<StateKeeper> stateFile;
    private final Log log;
    private final BlockingQueue<Input> inbox = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Map<Long, CompletableFuture<AddAnswer>> adds = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<DeleteAnswer>> deletes = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<HostAnswer>> words = new ConcurrentHashMap<>();
    private final Map<Long, AgentSide> agents = new ConcurrentHashMap<>();
    private final Questions questions = new Questions();

    /** By call, when it came in, on {@link System#nanoTime}. */
    private final Map<Long, Long> cameIn = new ConcurrentHashMap<>();

    private final FleetEvents events;
    private final FleetView view;
    private final AtomicLong numbers = new AtomicLong();
    private final Thread owner;
    private volatile boolean open = true;
    private volatile long refused;

    private FleetServer(FleetCore core, Optional<RunnerStateFile> stateFile, FleetEvents events, Clock clock, Log log) {
        this.core = core;
        this.log = log;
        this.events = events;
        this.view = new FleetView(core.runners(), core.agents());
        this.stateFile = stateFile.map(file -> StateKeeper.start(file, view::runners, clock, log));
        // A platform thread: everybody waits for it, and it must not wait for a carrier behind thousands of others.
        this.owner = Thread.ofPlatform().daemon().name("fleet-server").unstarted(this::work);
    }

    /** @param stateFile {@code runner-state.json}, if somebody wants one */
    public static FleetServer start(
            FleetCore core, Optional<RunnerStateFile> stateFile, FleetEvents events, Clock clock, Log parentLog) {
        FleetServer server = new FleetServer(
                Objects.requireNonNull(core, "core"), stateFile, events, clock, parentLog.named("fleet"));
        server.owner.start();
        return server;
    }

    /** Answered when the runner is ready, or it is known that it will not be. */
    public Pending<AddAnswer> begin(RunnerName name, Wish wish, Duration patience) {
        return call(adds, call -> new Input.Add(call, name, wish, patience));
    }

    /** Waits until the runner is ready, or it is known that it will not be. */
    public AddAnswer add(RunnerName name, Wish wish, Duration patience) throws InterruptedException {
        try (Pending<AddAnswer> pending = begin(name, wish, patience)) {
            return pending.await();
        }
    }

    /** Answered when nothing of the runner is left. */
    public Pending<DeleteAnswer> end(RunnerId id, Duration patience) {
        return call(deletes, call -> new Input.Delete(call, id, patience));
    }

    /** Waits until nothing of the runner is left. */
    public DeleteAnswer delete(RunnerId id, Duration patience) throws InterruptedException {
        try (Pending<DeleteAnswer> pending = end(id, patience)) {
            return pending.await();
        }
    }

    public Pending<HostAnswer> drain(AgentId agent, boolean drained) {
        return call(words, call -> new Input.Drain(call, agent, drained));
    }

    public Pending<HostAnswer> forgetHost(AgentId agent) {
        return call(words, call -> new Input.ForgetHost(call, agent));
    }

    private <T> Pending<T> call(Map<Long, CompletableFuture<T>> waiting, LongFunction<Input> input) {
        long call = numbers.incrementAndGet();
        CompletableFuture<T> answer = new CompletableFuture<>();
        waiting.put(call, answer);
        cameIn.put(call, System.nanoTime());
        Pending<T> pending = new Pending<>(answer, () -> {
            cameIn.remove(call);
            if (waiting.remove(call) != null) {
                inbox.offer(new Input.CallerGone(call));
            }
        });
        try {
            put(input.apply(call));
        } catch (MayflyException e) {
            waiting.remove(call);
            cameIn.remove(call);
            throw e;
        }
        return pending;
    }

    /** Answered by the agent of this attempt; with {@link Answer.None} when it is not connected. */
    public CompletableFuture<Answer> ask(AgentId agent, Attempt attempt, Question question, Duration patience) {
        return questions.ask(agent, attempt, question, patience);
    }

    /** What an agent says to a question; one that nobody waits for any more is dropped. */
    public void answered(String id, Answer answer) {
        questions.answered(id, answer);
    }

    /** For those who only look. */
    public FleetView view() {
        return view;
    }

    /** All runners as of a moment ago, in no order. */
    public List<RunnerRecord> runners() {
        return view.runners();
    }

    /** How many inputs wait for the owner. */
    public int waiting() {
        return inbox.size();
    }

    /** How many reports and attempts the fences have refused. */
    public long refused() {
        return refused;
    }

    /** Until it ends, by itself or because it was closed. */
    public boolean isOpen() {
        return open;
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
            public void answer(String id, Answer answer) {
                questions.answered(id, answer);
            }

            @Override
            public void close() {
                if (agents.remove(link) != null) {
                    questions.gone(link);
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

    static MayflyException over() {
        return new MayflyException(
                ErrorCode.SERVICE_UNREACHABLE,
                "the fleet's server does not answer",
                "it is ending, or another has taken over",
                "ask again: who asks with the same name gets the same runner");
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
        List<Output> outputs = core.step(inputs);
        // Before anybody is told: who hears of a runner and looks must find it.
        if (view.take(core.changes())) {
            stateFile.ifPresent(StateKeeper::changed);
        }
        view.agents(core.agentsChanged());
        refused = core.refused();
        Set<RunnerId> started = new HashSet<>();
        for (Output output : outputs) {
            act(output, started);
        }
        inputs.forEach(this::notePlacement);
    }

    /** Who still waits after the step was given a host, or joined one that has. */
    private void notePlacement(Input input) {
        if (input instanceof Input.Add add && adds.containsKey(add.call())) {
            Long since = cameIn.get(add.call());
            if (since != null) {
                events.placed(Duration.ofNanos(System.nanoTime() - since));
            }
        }
    }

    private void act(Output output, Set<RunnerId> started) {
        switch (output) {
            case Output.AddAnswered answered -> answer(answered, started);
            case Output.DeleteAnswered answered -> {
                events.deleted(answered.answer());
                answer(deletes, answered.call(), answered.answer());
            }
            case Output.HostAnswered answered -> answer(words, answered.call(), answered.answer());
            case Output.Welcome welcome ->
                agent(welcome.link()).ifPresent(agent -> {
                    questions.welcomed(welcome.agent(), welcome.link(), agent);
                    agent.welcomed(welcome.agent(), welcome.session());
                });
            case Output.Send send -> agent(send.link()).ifPresent(agent -> agent.ordered(send.command()));
            case Output.Close close -> {
                questions.gone(close.link());
                Optional.ofNullable(agents.remove(close.link())).ifPresent(agent -> agent.lost(close.why()));
            }
        }
    }

    private void answer(Output.AddAnswered answered, Set<RunnerId> started) {
        events.added(answered.answer());
        // Several may have waited for one start.
        if (answered.answer() instanceof AddAnswer.Ready ready && started.add(ready.id())) {
            ready.times().ifPresent(events::started);
        }
        answer(adds, answered.call(), answered.answer());
    }

    private <T> void answer(Map<Long, CompletableFuture<T>> waiting, long call, T answer) {
        CompletableFuture<T> caller = waiting.remove(call);
        cameIn.remove(call);
        if (caller != null) {
            caller.complete(answer);
        }
    }

    private Optional<AgentSide> agent(long link) {
        return Optional.ofNullable(agents.get(link));
    }

    /** Everybody who waits hears that nobody will answer. Done twice is done once. */
    private void end() {
        open = false;
        MayflyException why = over();
        giveUp(adds, why);
        giveUp(deletes, why);
        giveUp(words, why);
        questions.end();
        for (Long link : List.copyOf(agents.keySet())) {
            Optional.ofNullable(agents.remove(link)).ifPresent(agent -> agent.lost("the server has ended"));
        }
    }

    private static <T> void giveUp(Map<Long, CompletableFuture<T>> waiting, MayflyException why) {
        for (Long call : List.copyOf(waiting.keySet())) {
            Optional.ofNullable(waiting.remove(call)).ifPresent(answer -> answer.completeExceptionally(why));
        }
    }

    /** Returns when it has ended. */
    public void awaitEnd() throws InterruptedException {
        owner.join();
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
        stateFile.ifPresent(StateKeeper::close);
    }
}
