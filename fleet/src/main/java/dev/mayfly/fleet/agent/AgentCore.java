package dev.mayfly.fleet.agent;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.agent.AgentJournal.Memory;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.protocol.RunnerReport;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.runner.Steps;
import dev.mayfly.fleet.schedule.Offer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides what is made and destroyed on one host. Used by one thread.
 *
 * <p>What holds, whatever dies: a machine is made only for an attempt that is in the journal, and for each attempt once.
 * A script is started once, because that it may have been is written before it is. What is on the host and not in the
 * journal is destroyed at the next start; what is in the journal and not on the host is over. Nothing is repaired.
 */
public final class AgentCore {
    private final AgentJournal journal;
    private final AgentSettings settings;
    private final Ticker ticker;
    private final Map<Attempt, Lodger> lodgers = new TreeMap<>();
    private Optional<AgentId> id;
    private Fence forgotten;
    private boolean draining;
    private Offer offer;
    private boolean tell; // something that is in no journal has changed
    private OptionalLong link = OptionalLong.empty();
    private long session;
    private long number;
    private long lastWhole; // number of the last report that said all
    private long heard; // number of the last one of those that the server is known to have taken
    private long lastReport;
    private long lastHeard;
    private Duration lease;
    private Memory written;
    private List<AgentOutput> out = new ArrayList<>();
    private boolean over;

    public AgentCore(AgentJournal journal, AgentSettings settings, Ticker ticker) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.settings = Objects.requireNonNull(settings, "settings");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.lease = settings.lease();
        this.offer = settings.offer();
        this.lastHeard = ticker.nanos();
        this.lastReport = ticker.nanos();
        written = journal.load();
        id = written.id();
        forgotten = written.forgotten();
        for (JournalEntry entry : written.entries()) {
            lodgers.put(entry.attempt(), new Lodger(entry, ticker.nanos()));
        }
    }

    /** By which the server knows this host, if it does. */
    public Optional<AgentId> id() {
        return id;
    }

    /** Whether anything is left here that has a machine or may have one. */
    public boolean isEmpty() {
        return lodgers.values().stream().allMatch(lodger -> lodger.entry.gone());
    }

    /**
     * The first step of a new process.
     *
     * @param found all attempts of which the back end has anything: a machine, a disk, a process
     */
    public List<AgentOutput> start(Set<Attempt> found) {
        return step(() -> {
            for (Attempt attempt : found.stream().sorted().toList()) {
                Lodger lodger = lodgers.get(attempt);
                if (lodger == null || lodger.entry.gone()) {
                    out.add(new AgentOutput.Destroy(attempt));
                }
            }
            for (Lodger lodger : lodgers.values()) {
                switch (lodger.entry.state()) {
                    case GONE -> {}
                    case TEARING_DOWN -> out.add(new AgentOutput.Destroy(lodger.entry.attempt()));
                    case ERROR -> tearDown(lodger, "");
                    case CREATING, BOOTING, SSH_READY, RUNNING -> {
                        if (found.contains(lodger.entry.attempt())) {
                            out.add(new AgentOutput.Adopt(lodger.entry.attempt(), lodger.entry.started()));
                        } else {
                            fail(lodger, "its machine is not there any more");
                        }
                    }
                }
            }
        });
    }

    /**
     * Takes in what has happened, in this order, and says what to do.
     *
     * @throws dev.mayfly.base.error.MayflyException when it could not be written. Nothing of it may be done then, and
     *     this object is of no use any more
     */
    public List<AgentOutput> step(List<AgentInput> inputs) {
        return step(() -> inputs.forEach(this::take));
    }

    private List<AgentOutput> step(Runnable work) {
        if (over) {
            throw new IllegalStateException("this agent could not write its journal, and must be started again");
        }
        over = true;
        out = new ArrayList<>();
        work.run();
        Memory memory = new Memory(
                id,
                forgotten,
                lodgers.values().stream().map(lodger -> lodger.entry).toList());
        boolean changed = !memory.equals(written);
        if (changed) {
            journal.write(memory);
            written = memory;
        }
        over = false;
        boolean due = ticker.since(lastReport) >= settings.interval().toNanos();
        if (link.isPresent() && (changed || due || tell || number == 0)) {
            boolean asBefore = !changed && !tell && lastWhole > 0 && heard == lastWhole;
            report(link.getAsLong(), asBefore);
        }
        return out;
    }

    private void take(AgentInput input) {
        switch (input) {
            case AgentInput.Welcomed welcomed -> welcomed(welcomed);
            case AgentInput.Ordered ordered -> {
                if (link.isPresent() && link.getAsLong() == ordered.link()) {
                    order(ordered.command());
                }
            }
            case AgentInput.LinkLost lost -> {
                if (link.isPresent() && link.getAsLong() == lost.link()) {
                    link = OptionalLong.empty();
                }
            }
            case AgentInput.Booted booted -> lodger(booted.attempt()).ifPresent(this::booted);
            case AgentInput.Ready ready -> lodger(ready.attempt()).ifPresent(lodger -> ready(lodger, ready));
            case AgentInput.ScriptEnded ended ->
                lodger(ended.attempt()).ifPresent(lodger -> ended(lodger, ended.exitCode()));
            case AgentInput.Broken broken -> lodger(broken.attempt()).ifPresent(lodger -> fail(lodger, broken.why()));
            case AgentInput.Destroyed destroyed -> lodger(destroyed.attempt()).ifPresent(this::destroyed);
            case AgentInput.NotDestroyed still ->
                lodger(still.attempt()).ifPresent(lodger -> notDestroyed(lodger, still.why()));
            case AgentInput.Standing standing -> {
                tell |= !standing.machines().equals(offer.warm());
                offer = offer.withWarm(standing.machines());
            }
            case AgentInput.Times starts -> {
                tell |= !starts.times().equals(offer.times());
                offer = offer.withTimes(starts.times());
            }
            case AgentInput.Drain() -> {
                tell |= !draining;
                draining = true;
            }
            case AgentInput.Tick() -> tick();
        }
    }

    private Optional<Lodger> lodger(Attempt attempt) {
        return Optional.ofNullable(lodgers.get(attempt));
    }

    // --- the server ------------------------------------------------------------------------------------------------

    private void welcomed(AgentInput.Welcomed welcomed) {
        id = Optional.of(welcomed.id());
        link = OptionalLong.of(welcomed.link());
        session = welcomed.session();
        number = 0;
        lastWhole = 0;
        heard = 0;
        lastHeard = ticker.nanos();
    }

    private void order(Command command) {
        lastHeard = ticker.nanos();
        switch (command) {
            case Command.Create create -> create(create);
            case Command.Start start -> start(start);
            case Command.Destroy destroy -> destroy(destroy.attempt());
            case Command.Forget forget -> forget(forget.attempt());
            case Command.Renew renew -> {
                lease = renew.lease();
                heard = renew.heard();
            }
        }
    }

    private void create(Command.Create create) {
        Attempt attempt = create.attempt();
        if (lodgers.containsKey(attempt)) {
            return;
        }
        List<Lodger> others = lodgers.values().stream()
                .filter(lodger -> lodger.entry.attempt().runner().equals(attempt.runner()))
                .toList();
        boolean late = attempt.fence().compareTo(forgotten) <= 0
                || others.stream()
                        .anyMatch(lodger -> lodger.entry.attempt().fence().compareTo(attempt.fence()) > 0);
        long taken =
                lodgers.values().stream().filter(lodger -> !lodger.entry.gone()).count();
        if (late) {
            refuse(attempt, "the order came after later ones");
        } else if (draining) {
            refuse(attempt, "the host is being drained");
        } else if (taken >= settings.offer().maxRunners()) {
            refuse(attempt, "the host holds " + taken + " runners already");
        } else {
            others.stream()
                    .filter(lodger -> alive(lodger.entry.state()))
                    .forEach(lodger -> tearDown(lodger, "its runner was placed anew"));
            lodgers.put(attempt, new Lodger(JournalEntry.begun(attempt, create.type()), ticker.nanos()));
            out.add(new AgentOutput.Make(create));
        }
    }

    private void refuse(Attempt attempt, String why) {
        lodgers.put(attempt, new Lodger(JournalEntry.never(attempt, why), ticker.nanos()));
    }

    private void start(Command.Start start) {
        lodger(start.attempt())
                .filter(lodger -> lodger.entry.state() == RunnerState.SSH_READY && !lodger.entry.started())
                .ifPresent(lodger -> {
                    move(lodger, RunnerState.RUNNING);
                    out.add(new AgentOutput.Begin(start.attempt(), start.script()));
                });
    }

    private void destroy(Attempt attempt) {
        Lodger lodger = lodgers.get(attempt);
        if (lodger == null) {
            refuse(attempt, "");
        } else if (alive(lodger.entry.state())) {
            tearDown(lodger, "");
        }
    }

    private void forget(Attempt attempt) {
        lodger(attempt).filter(lodger -> lodger.entry.gone()).ifPresent(_ -> {
            lodgers.remove(attempt);
            forgotten = attempt.fence().compareTo(forgotten) > 0 ? attempt.fence() : forgotten;
        });
    }

    /** @param asBefore whether nothing is to be said that the server has not heard */
    private void report(long through, boolean asBefore) {
        number++;
        tell = false;
        lastReport = ticker.nanos();
        if (asBefore) {
            out.add(new AgentOutput.Report(through, AgentReport.same(id.orElseThrow(), session, number, lastWhole)));
            return;
        }
        lastWhole = number;
        List<RunnerReport> runners = lodgers.values().stream()
                .map(lodger -> new RunnerReport(
                        lodger.entry.attempt(),
                        lodger.entry.state(),
                        lodger.entry.type(),
                        lodger.address,
                        lodger.entry.reason(),
                        lodger.entry.exitCode()))
                .toList();
        out.add(new AgentOutput.Report(
                through, new AgentReport(id.orElseThrow(), session, number, draining, offer, runners)));
    }

    // --- machines --------------------------------------------------------------------------------------------------

    private static boolean alive(RunnerState state) {
        return switch (state) {
            case CREATING, BOOTING, SSH_READY, RUNNING -> true;
            case TEARING_DOWN, GONE, ERROR -> false;
        };
    }

    private void booted(Lodger lodger) {
        if (lodger.entry.state() == RunnerState.CREATING) {
            move(lodger, RunnerState.BOOTING);
        }
    }

    private void ready(Lodger lodger, AgentInput.Ready ready) {
        booted(lodger);
        if (lodger.entry.state() == RunnerState.BOOTING) {
            move(lodger, RunnerState.SSH_READY);
        }
        Optional<Address> address = Optional.of(ready.address());
        tell |= !lodger.address.equals(address);
        lodger.address = address;
    }

    /** Used once. */
    private void ended(Lodger lodger, int exitCode) {
        if (lodger.entry.state() == RunnerState.RUNNING) {
            lodger.entry = lodger.entry.ended(exitCode);
            tearDown(lodger, "");
        }
    }

    private void destroyed(Lodger lodger) {
        switch (lodger.entry.state()) {
            case TEARING_DOWN -> move(lodger, RunnerState.GONE);
            case ERROR -> {
                move(lodger, RunnerState.TEARING_DOWN);
                move(lodger, RunnerState.GONE);
            }
            case CREATING, BOOTING, SSH_READY, RUNNING -> fail(lodger, "its machine was destroyed by somebody else");
            case GONE -> {}
        }
    }

    private void notDestroyed(Lodger lodger, String why) {
        if (lodger.entry.state() == RunnerState.TEARING_DOWN) {
            lodger.entry = lodger.entry.because(why);
            move(lodger, RunnerState.ERROR);
        }
    }

    private void fail(Lodger lodger, String why) {
        if (alive(lodger.entry.state())) {
            lodger.entry = lodger.entry.because(why);
            move(lodger, RunnerState.ERROR);
            tearDown(lodger, "");
        }
    }

    private void tearDown(Lodger lodger, String why) {
        lodger.entry = lodger.entry.because(why);
        move(lodger, RunnerState.TEARING_DOWN);
        out.add(new AgentOutput.Destroy(lodger.entry.attempt()));
    }

    private void move(Lodger lodger, RunnerState next) {
        lodger.entry = lodger.entry.to(next);
        lodger.since = ticker.nanos();
    }

    // --- time ------------------------------------------------------------------------------------------------------

    private void tick() {
        boolean alone = ticker.since(lastHeard) >= lease.toNanos();
        for (Lodger lodger : lodgers.values()) {
            JournalEntry entry = lodger.entry;
            if (alone && alive(entry.state()) && !entry.started()) {
                tearDown(lodger, "no server was heard for " + lease.toSeconds() + " s");
            } else if (settings.deadlines()
                    .of(entry.state())
                    .filter(time -> ticker.since(lodger.since) >= time.toNanos())
                    .isPresent()) {
                overdue(lodger);
            }
        }
    }

    private void overdue(Lodger lodger) {
        RunnerState state = lodger.entry.state();
        String why = "it was " + state.word() + " for longer than "
                + settings.deadlines().of(state).orElseThrow().toSeconds() + " s";
        switch (Steps.whenOverdue(state)) {
            case ERROR -> {
                if (state == RunnerState.TEARING_DOWN) {
                    notDestroyed(lodger, why);
                } else {
                    fail(lodger, why);
                }
            }
            case TEARING_DOWN -> tearDown(lodger, "");
            case CREATING, BOOTING, SSH_READY, RUNNING, GONE -> {}
        }
    }
}
