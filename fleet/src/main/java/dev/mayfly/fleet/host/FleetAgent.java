package dev.mayfly.fleet.host;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.agent.AgentCore;
import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.agent.AgentOutput;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.TemplateName;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.link.Dial;
import dev.mayfly.fleet.link.ServerSide;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Asked;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Serves one host. Ends no machine when it ends. */
public final class FleetAgent implements AutoCloseable {
    private static final long TICK_MILLIS = 1_000;
    private static final Duration END = Duration.ofSeconds(20);
    private static final int SOONEST_MILLIS = 100;
    private static final int LATEST_MILLIS = 10_000;
    private static final long LOOK_AGAIN_MILLIS = 50;

    private final AgentCore core;
    private final Backend backend;
    private final Keeper keeper;
    private final Machines machines;
    private final StartBook starts;
    private final Enquiries enquiries;
    private final Dial dial;
    private final HostSettings settings;
    private final RandomGenerator random;
    private final Log log;

    /** What machines and server say. Bounded by what they are, since each says a few things and then waits. */
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

    private final List<AgentInput> taken = new ArrayList<>();
    private final Thread owner;
    private volatile boolean open = true;

    /** Whether nothing with a machine is left here. */
    private volatile boolean empty;

    // Owned by the owner's thread.
    private @Nullable ServerSide server;
    private long link;
    private long dialAgainAt = System.nanoTime();
    private int patienceMillis = SOONEST_MILLIS;

    private FleetAgent(
            AgentCore core, Backend backend, Dial dial, HostSettings settings, RandomGenerator random, Log log) {
        this.core = core;
        this.backend = backend;
        Semaphore gate = new Semaphore(settings.boots(), true);
        this.keeper = new Keeper(backend, settings.standing(), gate, this::hear, log);
        this.starts = StartBook.open(settings.starts(), log);
        this.machines = new Machines(backend, gate, keeper::look, this::started, this::hear, log);
        this.enquiries = new Enquiries(backend, log);
        this.dial = dial;
        this.settings = settings;
        this.random = random;
        this.log = log;
        this.owner = Thread.ofVirtual().name("fleet-agent").unstarted(this::work);
    }

    /** @param backend stays open when this is closed */
    public static FleetAgent start(
            AgentCore core, Backend backend, Dial dial, HostSettings settings, RandomGenerator random, Log parentLog) {
        FleetAgent agent = new FleetAgent(
                Objects.requireNonNull(core, "core"), backend, dial, settings, random, parentLog.named("agent"));
        agent.owner.start();
        return agent;
    }

    /** Nothing new; what works may end. */
    public void drain() {
        hear(new AgentInput.Drain());
        Thread.ofVirtual().name("drain").start(keeper::close);
    }

    /** @return false when patience was over before the last machine was gone */
    public boolean awaitEmpty(Duration patience) throws InterruptedException {
        Deadline deadline = Deadline.in(patience, Ticker.system());
        while (!empty && open && !deadline.passed()) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
        return empty;
    }

    /** Until it ends, by itself or because it was closed. */
    public void awaitEnd() throws InterruptedException {
        owner.join();
    }

    private void hear(AgentInput input) {
        inbox.add(() -> taken.add(input));
    }

    private void started(Attempt attempt) {
        Optional<TemplateName> template = backend.template();
        Optional<StartTimes> times = backend.times(attempt);
        if (template.isPresent() && times.isPresent()) {
            starts.add(template.get(), times.get());
            hear(new AgentInput.Times(starts.times()));
        }
    }

    private void work() {
        try {
            hear(new AgentInput.Times(starts.times()));
            backend.sweep().forEach(what -> log.info().with("what", what).log("a dead agent has left it; it is gone"));
            core.start(machines.survey()).forEach(this::act);
            keeper.start();
            long nextTick = System.nanoTime();
            while (open) {
                long left = TimeUnit.NANOSECONDS.toMillis(nextTick - System.nanoTime());
                Runnable first = inbox.poll(Math.max(0, left), TimeUnit.MILLISECONDS);
                for (Runnable each = first; each != null; each = inbox.poll()) {
                    each.run();
                }
                if (System.nanoTime() - nextTick >= 0) {
                    taken.add(new AgentInput.Tick());
                    nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
                }
                connect();
                List<AgentInput> inputs = List.copyOf(taken);
                taken.clear();
                core.step(inputs).forEach(this::act);
                empty = core.isEmpty();
            }
        } catch (InterruptedException e) {
            log.debug().log("the agent was told to end");
        } catch (RuntimeException e) {
            log.error().cause(e).log("the agent cannot go on, and must be started again; machines live on");
        } finally {
            open = false;
            machines.leave();
            hangUp();
            Thread.interrupted(); // else nothing that stands ready could be ended
            keeper.close();
        }
    }

    private void act(AgentOutput output) {
        switch (output) {
            case AgentOutput.Report report -> report(report);
            case AgentOutput.Make make -> machines.make(make.order());
            case AgentOutput.Adopt adopt -> machines.adopt(adopt);
            case AgentOutput.Begin begin -> machines.begin(begin);
            case AgentOutput.Destroy destroy -> machines.destroy(destroy.attempt());
        }
    }

    private void report(AgentOutput.Report report) {
        ServerSide there = server;
        if (there != null && report.link() == link) {
            try {
                there.report(report.report());
            } catch (MayflyException e) {
                log.debug().cause(e).log("the server did not take a report");
                lost(link, e.why());
            }
        }
    }

    /** Through whatever connection there is by now. */
    private void reply(String id, Answer answer) {
        ServerSide there = server;
        if (there != null) {
            there.answer(id, answer);
        }
    }

    // --- the connection --------------------------------------------------------------------------------------------

    private void connect() {
        if (server != null || System.nanoTime() - dialAgainAt < 0) {
            return;
        }
        // Agents that lose their server together must not come back together.
        dialAgainAt =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis / 2 + random.nextInt(patienceMillis));
        patienceMillis = Math.min(LATEST_MILLIS, patienceMillis * 2);
        link++;
        try {
            server = dial.dial(core.id(), settings.hostname(), settings.offer(), new Ear(link));
        } catch (MayflyException e) {
            log.debug().cause(e).log("there is no server");
        }
    }

    private void lost(long which, String why) {
        if (which == link && server != null) {
            log.info().with("why", why).log("the connection to the server is lost");
            hangUp();
            taken.add(new AgentInput.LinkLost(which));
        }
    }

    private void hangUp() {
        ServerSide there = server;
        server = null;
        if (there != null) {
            there.close();
        }
    }

    /** Hears one connection, on whatever thread speaks. */
    private final class Ear implements AgentSide {
        private final long number;

        Ear(long number) {
            this.number = number;
        }

        @Override
        public void welcomed(AgentId id, long session) {
            inbox.add(() -> {
                patienceMillis = SOONEST_MILLIS;
                taken.add(new AgentInput.Welcomed(number, id, session));
            });
        }

        @Override
        public void ordered(Command command) {
            hear(new AgentInput.Ordered(number, command));
        }

        @Override
        public void asked(Asked asked) {
            enquiries.ask(asked, answer -> inbox.add(() -> reply(asked.id(), answer)));
        }

        @Override
        public void lost(String why) {
            inbox.add(() -> FleetAgent.this.lost(number, why));
        }
    }

    @Override
    public void close() {
        open = false;
        owner.interrupt();
        try {
            if (!owner.join(END)) {
                log.warn().log("the agent did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
