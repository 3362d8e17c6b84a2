package dev.mayfly.fleet.server;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.protocol.RunnerReport;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.runner.Steps;
import dev.mayfly.fleet.schedule.Demand;
import dev.mayfly.fleet.schedule.Health;
import dev.mayfly.fleet.schedule.Placement;
import dev.mayfly.fleet.server.FleetLedger.Change;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Decides which runner is whose. Used by one thread.
 *
 * <p>What holds, whatever dies: a runner has one present attempt, that of its fence. Leave to start goes to the present
 * attempt, once, and is in the ledger before it is said; from then on the runner has no other attempt, ever. An attempt
 * is over when its host has said {@code gone}: silence and absence prove nothing. A runner that has not started can be
 * placed anew while an earlier attempt lives on somewhere, because that one will never get leave.
 */
public final class FleetCore {
    /** So often in the time of a lease an agent that has much to say is told that it was heard. */
    private static final int RENEWALS = 12;

    private final Book book;
    private final ServerSettings settings;
    private final Ticker ticker;
    private final Clock clock;
    private final Map<Long, AgentId> links = new HashMap<>();
    private List<Output> out = new ArrayList<>();
    private List<Change> changes = List.of();
    private long refused;
    private boolean over;

    /** Takes over from whoever was the server before. */
    public FleetCore(
            FleetLedger ledger,
            ServerSettings settings,
            Ticker ticker,
            Clock clock,
            IdSource ids,
            Supplier<Identity> identities) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.book = new Book(ledger, ids, identities, ticker.nanos());
    }

    /**
     * Takes in what has happened, in this order, and says what to do. One write for all of it: many inputs at once are
     * cheaper than one after the other.
     *
     * @throws dev.mayfly.base.error.MayflyException when it could not be written. Nothing of it may be done then, and
     *     this object is of no use any more
     */
    public List<Output> step(List<Input> inputs) {
        if (over) {
            throw new IllegalStateException("this server could not write, and another must take over");
        }
        over = true;
        out = new ArrayList<>();
        inputs.forEach(this::take);
        boolean answers = out.stream().anyMatch(FleetCore::isAnswer);
        changes = book.write(answers);
        over = false;
        return out;
    }

    /** Agents that are not as they were before the last step; empty for those that are not known any more. */
    public Map<AgentId, Optional<AgentView>> agentsChanged() {
        return book.agentsChanged();
    }

    /** What the last step has changed, each thing once. */
    public List<Change> changes() {
        return changes;
    }

    /** How many reports, and attempts in reports, came from the past and were refused by a fence. */
    public long refused() {
        return refused;
    }

    /** All runners, for those who only look. */
    public List<RunnerRecord> runners() {
        return book.runners().stream().map(seat -> seat.record).toList();
    }

    private static boolean isAnswer(Output output) {
        return output instanceof Output.AddAnswered
                || output instanceof Output.DeleteAnswered
                || output instanceof Output.HostAnswered;
    }

    /** All hosts as the scheduler sees them, and what the ledger has of them. */
    public List<AgentView> agents() {
        return book.agents().stream()
                .map(agent -> new AgentView(agent.record(), agent.host()))
                .toList();
    }

    private void take(Input input) {
        switch (input) {
            case Input.Add add -> add(add);
            case Input.Delete delete -> delete(delete);
            case Input.CallerGone gone -> callerGone(gone.call());
            case Input.Hello hello -> hello(hello);
            case Input.Report report -> report(report.link(), report.report());
            case Input.LinkLost lost -> linkLost(lost.link());
            case Input.Drain drain -> drain(drain);
            case Input.ForgetHost forget -> forgetHost(forget);
            case Input.Tick() -> tick();
        }
    }

    // --- calls -----------------------------------------------------------------------------------------------------

    private void add(Input.Add add) {
        Optional<RunnerSeat> living = book.living(add.name());
        if (living.isPresent()) {
            join(living.get(), add);
            return;
        }
        RunnerSeat seat = book.open(
                RunnerRecord.wished(book.newRunnerId(), add.name(), add.wish(), clock.instant()), ticker.nanos());
        Optional<String> nowhere = place(seat);
        if (nowhere.isPresent()) {
            book.discard(seat);
            out.add(new Output.AddAnswered(add.call(), new AddAnswer.NoRoom(nowhere.get())));
        } else {
            book.waitsForReady(seat, add.call(), ticker.nanos() + add.patience().toNanos());
        }
    }

    private void join(RunnerSeat seat, Input.Add add) {
        RunnerRecord record = seat.record;
        boolean leaving = record.state() == RunnerState.ERROR || record.state() == RunnerState.TEARING_DOWN;
        if (record.unwanted() || record.permitted() && leaving) {
            out.add(new Output.AddAnswered(add.call(), new AddAnswer.Leaving(record.id())));
        } else if (!record.wish().digest().equals(add.wish().digest())) {
            out.add(new Output.AddAnswered(add.call(), new AddAnswer.NameTaken(record.id())));
        } else if (record.permitted()) {
            out.add(new Output.AddAnswered(
                    add.call(),
                    new AddAnswer.Ready(record.id(), record.address().orElseThrow(), Optional.empty())));
        } else {
            book.waitsForReady(seat, add.call(), ticker.nanos() + add.patience().toNanos());
            letStart(seat);
        }
    }

    private void delete(Input.Delete delete) {
        Optional<RunnerSeat> known = book.runner(delete.id());
        if (known.isEmpty()) {
            out.add(new Output.DeleteAnswered(delete.call(), new DeleteAnswer.Unknown()));
            return;
        }
        RunnerSeat seat = known.get();
        if (seat.record.gone()) {
            out.add(new Output.DeleteAnswered(delete.call(), new DeleteAnswer.Gone()));
            return;
        }
        book.waitsForEnd(seat, delete.call(), ticker.nanos() + delete.patience().toNanos());
        unwant(seat, "it was deleted");
    }

    /** From here on it cannot get leave to start. */
    private void unwant(RunnerSeat seat, String why) {
        if (!seat.record.unwanted()) {
            book.put(seat, seat.record.notWanted(why));
            fail(seat, why);
        }
        if (seat.record.placed().isEmpty()) {
            gone(seat, why);
        } else {
            send(seat, new Command.Destroy(seat.record.attempt()));
        }
    }

    private void callerGone(long call) {
        book.over(call).ifPresent(seat -> {
            if (seat.adders.remove(call) != null) {
                seat.idleSince = ticker.nanos();
            }
            seat.deleters.remove(call);
        });
    }

    /** All who wait for it to be ready are told that it will not be. */
    private void fail(RunnerSeat seat, String why) {
        tellAdders(seat, new AddAnswer.Failed(seat.record.id(), why));
        seat.idleSince = ticker.nanos();
    }

    private void tellAdders(RunnerSeat seat, AddAnswer answer) {
        for (Long call : seat.adders.keySet()) {
            book.over(call);
            out.add(new Output.AddAnswered(call, answer));
        }
        seat.adders.clear();
    }

    private void gone(RunnerSeat seat, String why) {
        book.put(seat, seat.record.to(RunnerState.GONE, why, clock.instant()));
        fail(seat, seat.record.reason());
        for (Long call : seat.deleters.keySet()) {
            book.over(call);
            out.add(new Output.DeleteAnswered(call, new DeleteAnswer.Gone()));
        }
        seat.deleters.clear();
        book.departed(seat);
    }

    // --- placement -------------------------------------------------------------------------------------------------

    /** @return why there is no place, when there is none */
    private Optional<String> place(RunnerSeat seat) {
        RunnerRecord record = seat.record;
        Demand demand = new Demand(record.wish().type(), record.wish().labels());
        Placement placement = book.hosts().place(demand, seat.failedOn);
        // A host on which it failed is better than none: the failure may have been the machine's and not the host's.
        if (placement instanceof Placement.Nowhere && !seat.failedOn.isEmpty()) {
            placement = book.hosts().place(demand, Set.of());
        }
        return switch (placement) {
            case Placement.Nowhere nowhere -> Optional.of(nowhere.why());
            case Placement.Chosen chosen -> {
                AgentSeat agent = book.agent(chosen.host()).orElseThrow();
                RunnerRecord placed = record.placedAt(
                        new RunnerRecord.Placed(agent.id(), book.newIdentity()), book.newFence(), clock.instant());
                book.put(seat, placed);
                seat.placed(ticker.nanos());
                agent.place(placed.attempt(), placed.wish().type());
                send(seat, create(placed));
                yield Optional.empty();
            }
        };
    }

    private static Command create(RunnerRecord record) {
        return new Command.Create(
                record.attempt(),
                record.name(),
                record.wish().type(),
                record.placed().orElseThrow().identity());
    }

    /** The present attempt came to nothing before it was given leave. */
    private void placeAnew(RunnerSeat seat, AgentSeat agent, String why) {
        book.put(seat, seat.record.withoutPlace(why, clock.instant()));
        seat.failedOn.add(agent.id());
        if (seat.adders.isEmpty()) {
            gone(seat, why);
        } else if (seat.record.tries() >= settings.tries()) {
            gone(seat, why + "; that was try " + seat.record.tries() + " of " + settings.tries());
        } else {
            place(seat).ifPresent(nowhere -> gone(seat, why + "; no other host can take it: " + nowhere));
        }
    }

    private void letStart(RunnerSeat seat) {
        RunnerRecord record = seat.record;
        boolean mayStart = record.state() == RunnerState.SSH_READY
                && record.placed().isPresent()
                && record.address().isPresent()
                && !record.permitted()
                && !record.unwanted()
                && !seat.adders.isEmpty();
        if (mayStart) {
            book.put(seat, record.withPermission());
            send(seat, new Command.Start(record.attempt(), record.wish().script()));
            tellAdders(seat, new AddAnswer.Ready(record.id(), record.address().get(), seat.times(ticker.nanos())));
        }
    }

    // --- agents ----------------------------------------------------------------------------------------------------

    private void hello(Input.Hello hello) {
        Optional<AgentSeat> known = hello.known().flatMap(book::agent);
        AgentRecord record = known.map(agent -> agent.record().connectedAs(hello.hostname()))
                .orElseGet(() -> new AgentRecord(book.newAgentId(), hello.hostname(), 1, false));
        AgentSeat agent = book.put(record, ticker.nanos());
        agent.link().ifPresent(old -> {
            links.remove(old);
            out.add(new Output.Close(old, "the agent has connected anew"));
        });
        agent.connected(record, hello.link(), hello.offer(), ticker.nanos());
        links.put(hello.link(), record.id());
        out.add(new Output.Welcome(hello.link(), record.id(), record.session()));
    }

    private void linkLost(long link) {
        AgentId id = links.remove(link);
        if (id != null) {
            book.agent(id).filter(agent -> agent.speaksThrough(link)).ifPresent(AgentSeat::disconnected);
        }
    }

    private void drain(Input.Drain drain) {
        Optional<AgentSeat> agent = book.agent(drain.agent());
        agent.ifPresent(seat -> book.replace(seat, seat.record().withDrained(drain.drained())));
        out.add(new Output.HostAnswered(drain.call(), agent.isPresent() ? HostAnswer.DONE : HostAnswer.UNKNOWN));
    }

    /**
     * Somebody else vouches for what its agent cannot show any more. Nothing is placed anew that may have worked. What the
     * host has when it comes back all the same is of nobody, and destroyed.
     */
    private void forgetHost(Input.ForgetHost forget) {
        Optional<AgentSeat> known = book.agent(forget.agent());
        if (known.isEmpty() || known.get().link().isPresent() && known.get().health() == Health.ONLINE) {
            HostAnswer answer = known.isEmpty() ? HostAnswer.UNKNOWN : HostAnswer.STILL_THERE;
            out.add(new Output.HostAnswered(forget.call(), answer));
            return;
        }
        AgentSeat agent = known.get();
        book.forget(agent);
        agent.link().ifPresent(link -> {
            links.remove(link);
            out.add(new Output.Close(link, "somebody said that this host is gone for good"));
        });
        String why = "its host " + agent.record().hostname() + " is gone for good";
        for (Attempt attempt : List.copyOf(agent.placed())) {
            book.runner(attempt.runner())
                    .filter(seat -> seat.record.isAt(agent.id())
                            && seat.record.fence().equals(attempt.fence())
                            && !seat.record.gone())
                    .ifPresent(seat -> {
                        if (seat.record.permitted() || seat.record.unwanted()) {
                            gone(seat, why);
                        } else {
                            placeAnew(seat, agent, why);
                        }
                    });
        }
        out.add(new Output.HostAnswered(forget.call(), HostAnswer.DONE));
    }

    private void report(long link, AgentReport report) {
        Optional<AgentSeat> known = book.agent(report.agent()).filter(agent -> agent.speaksThrough(link));
        if (known.isEmpty()) {
            refused++;
            out.add(new Output.Close(link, "there is no such connection of this agent"));
            return;
        }
        AgentSeat agent = known.get();
        if (!agent.takes(report, ticker.nanos())) {
            refused++;
            return;
        }
        boolean knownHere = report.saysAll() || report.same() == agent.lastWhole();
        if (agent.renewedLongAgo(ticker.nanos(), settings.lease().dividedBy(RENEWALS)) || !knownHere) {
            out.add(new Output.Send(link, new Command.Renew(settings.lease(), agent.lastWhole())));
        }
        if (knownHere) {
            List<Attempt> missing = agent.missing();
            agent.runners().forEach(runner -> heard(agent, link, runner));
            missing.forEach(attempt -> missing(link, attempt));
        }
    }

    private void heard(AgentSeat agent, long link, RunnerReport report) {
        Attempt attempt = report.attempt();
        Optional<RunnerSeat> present = book.runner(attempt.runner())
                .filter(seat -> seat.record.isAt(agent.id())
                        && seat.record.fence().equals(attempt.fence())
                        && !seat.record.gone());
        if (report.state() == RunnerState.GONE) {
            agent.unplace(attempt);
            present.ifPresent(seat -> attemptOver(seat, agent, report));
            out.add(new Output.Send(link, new Command.Forget(attempt)));
        } else if (present.isEmpty()) {
            // From the past, or of nobody: it never had leave to start, or its runner is gone.
            refused++;
            out.add(new Output.Send(link, new Command.Destroy(attempt)));
        } else {
            RunnerSeat seat = present.get();
            seat.seen = true;
            advance(seat, report);
            order(seat, link);
        }
    }

    private void attemptOver(RunnerSeat seat, AgentSeat agent, RunnerReport report) {
        String why = report.reason().isEmpty() ? seat.record.reason() : report.reason();
        if (seat.record.permitted() || seat.record.unwanted()) {
            gone(seat, why);
        } else {
            placeAnew(seat, agent, why.isEmpty() ? "its host has given it up" : why);
        }
    }

    private void advance(RunnerSeat seat, RunnerReport report) {
        RunnerRecord record = seat.record;
        if (seat.bootingAt.isEmpty() && report.state() != RunnerState.CREATING) {
            seat.bootingAt = OptionalLong.of(ticker.nanos());
        }
        boolean moved = record.state() != report.state();
        boolean elsewhere = report.address().isPresent() && !report.address().equals(record.address());
        if (!moved && !elsewhere) {
            return;
        }
        RunnerRecord next = moved && Steps.leads(record.state(), report.state())
                ? record.to(report.state(), report.reason(), clock.instant())
                : record;
        // An adopted machine is known to be ready before it is known again where it is.
        RunnerRecord known = report.address().map(next::at).orElse(next);
        if (!known.equals(record)) {
            book.put(seat, known);
        }
    }

    /** What is still to be done about an attempt that its host has. */
    private void order(RunnerSeat seat, long link) {
        RunnerRecord record = seat.record;
        if (record.unwanted()) {
            out.add(new Output.Send(link, new Command.Destroy(record.attempt())));
        } else if (record.permitted() && record.state() == RunnerState.SSH_READY) {
            out.add(new Output.Send(
                    link, new Command.Start(record.attempt(), record.wish().script())));
        } else {
            letStart(seat);
        }
    }

    /**
     * Placed on a host that does not report it. When the host has never reported it, the order may have been lost. When it
     * has, the host has lost its memory, and to order again could make a second machine of one identity.
     */
    private void missing(long link, Attempt attempt) {
        RunnerSeat seat = book.runner(attempt.runner()).orElseThrow();
        boolean order = !seat.seen && seat.record.state() == RunnerState.CREATING && !seat.record.unwanted();
        out.add(new Output.Send(link, order ? create(seat.record) : new Command.Destroy(attempt)));
    }

    /** To the host of the present attempt, when it can be reached; else it hears when it reports next. */
    private void send(RunnerSeat seat, Command command) {
        seat.record
                .placed()
                .flatMap(place -> book.agent(place.host()))
                .ifPresent(agent -> agent.link().ifPresent(link -> out.add(new Output.Send(link, command))));
    }

    // --- time ------------------------------------------------------------------------------------------------------

    private void tick() {
        long now = ticker.nanos();
        book.agents().forEach(agent -> agent.look(now, settings));
        for (RunnerSeat seat : book.lively()) {
            expire(seat, now);
            if (!seat.record.gone() && !seat.record.permitted() && !seat.record.unwanted()) {
                lookAfterWaiting(seat, now);
            }
        }
        book.forgetGone(now, settings.remember());
    }

    private void lookAfterWaiting(RunnerSeat seat, long now) {
        if (seat.adders.isEmpty() && longerThan(settings.unclaimed(), seat, now)) {
            unwant(seat, "nobody waits for it any more");
            return;
        }
        seat.record
                .placed()
                .flatMap(place -> book.agent(place.host()))
                .filter(agent -> agent.health() == Health.LOST)
                .ifPresent(agent -> {
                    agent.unplace(seat.record.attempt());
                    placeAnew(seat, agent, "its host " + agent.record().hostname() + " has fallen silent");
                });
    }

    private static boolean longerThan(Duration time, RunnerSeat seat, long now) {
        return now - seat.idleSince >= time.toNanos();
    }

    private void expire(RunnerSeat seat, long now) {
        for (Iterator<Map.Entry<Long, Long>> calls = seat.adders.entrySet().iterator(); calls.hasNext(); ) {
            Map.Entry<Long, Long> call = calls.next();
            if (now - call.getValue() >= 0) {
                calls.remove();
                book.over(call.getKey());
                seat.idleSince = now;
                out.add(new Output.AddAnswered(call.getKey(), new AddAnswer.NotYet(seat.record.id())));
            }
        }
        for (Iterator<Map.Entry<Long, Long>> calls = seat.deleters.entrySet().iterator(); calls.hasNext(); ) {
            Map.Entry<Long, Long> call = calls.next();
            if (now - call.getValue() >= 0) {
                calls.remove();
                book.over(call.getKey());
                out.add(new Output.DeleteAnswered(
                        call.getKey(), new DeleteAnswer.Unconfirmed("its host has not shown yet that it is gone")));
            }
        }
    }
}
