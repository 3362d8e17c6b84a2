package dev.mayfly.mesh.controller;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.control.Coverage;
import dev.mayfly.mesh.control.FabricMap;
import dev.mayfly.mesh.control.Inventory;
import dev.mayfly.mesh.control.PathBook;
import dev.mayfly.mesh.control.PinglistMaker;
import dev.mayfly.mesh.control.Registry;
import dev.mayfly.mesh.control.ServiceBook;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.judge.Blame;
import dev.mayfly.mesh.judge.Incident;
import dev.mayfly.mesh.judge.IncidentBook;
import dev.mayfly.mesh.judge.Judge;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Agents register here, get their lists, and report; others ask whether something is healthy. Safe for concurrent use: one
 * lock around all state, held for as long as one call or one judgment takes, and never while somebody is told.
 */
public final class Controller implements AutoCloseable {
    private static final String HEALTH = "\u0000health";
    private static final Duration TOUCH = Duration.ofSeconds(60);
    private static final int MOST_FACTOR = 16;
    private static final int REST = 9;

    private final Registry registry;
    private final ControllerOptions options;
    private final Ticker ticker;
    private final Clock clock;
    private final Log log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Watches watches = new Watches();
    private final PathBook paths = new PathBook();
    private final IncidentBook incidents;
    private final ServiceBook services = new ServiceBook();
    private final Judge judge;
    private final Tally tally = new Tally();
    private final Map<String, Registration> agents = new LinkedHashMap<>();
    private final Map<String, Long> heard = new HashMap<>();
    private final Thread judging;

    private Inventory inventory = Inventory.of(List.of());
    private FabricMap map;
    private Map<IpAddress, Pinglist> lists = Map.of();
    private List<String> shortfalls = List.of();
    private long version;
    private long pathsMapped;
    private long touched;
    private long rebuilt;
    private long rebuildNanos;
    private int factor = 1;
    private long localizations;
    private double lastJudgmentSeconds;
    private volatile boolean closed;

    /** Begins to judge; agents of before are known again. */
    public Controller(Registry registry, ControllerOptions options, Ticker ticker, Clock clock, Log log) {
        this.registry = registry;
        this.options = options;
        this.ticker = ticker;
        this.clock = clock;
        this.log = log;
        map = FabricMap.of(inventory, paths, options.names());
        judge = new Judge(options.judge(), map, paths);
        incidents = new IncidentBook(options.judge().quiet());
        touched = ticker.nanos();
        for (Registration each : registry.sweep(clock.instant().minus(options.forget()))) {
            agents.put(each.agent(), each);
            heard.put(each.agent(), ticker.nanos());
            judge.heard(each.agent(), ticker.nanos());
        }
        rebuild();
        judging = Thread.ofPlatform().name("mesh-judge").daemon().start(this::judgeAlways);
    }

    /**
     * Takes note of all that an agent has now.
     *
     * @throws MayflyException {@code CONFLICT} when another agent that is alive has one of its addresses
     */
    public Pace register(Registration registration) {
        Set<String> changed;
        lock.lock();
        try {
            refuseTaken(registration);
            long now = ticker.nanos();
            heard.put(registration.agent(), now);
            judge.heard(registration.agent(), now);
            Registration before = agents.put(registration.agent(), registration);
            services.forget(registration.agent());
            registry.put(registration, clock.instant());
            changed = registration.equals(before) ? Set.of() : rebuild();
        } finally {
            lock.unlock();
        }
        watches.tell(changed);
        return options.pace();
    }

    private void refuseTaken(Registration registration) {
        for (Card card : registration.cards()) {
            Optional<Inventory.Placed> owner = inventory.find(card.address());
            if (owner.isPresent()
                    && !owner.get().agent().equals(registration.agent())
                    && alive(owner.get().agent())) {
                throw new MayflyException(
                        ErrorCode.CONFLICT,
                        "The agent " + registration.agent() + " cannot have the address " + card.address(),
                        "the agent " + owner.get().agent() + " has it and is alive",
                        "give each card an address of its own, or end the other agent and wait "
                                + options.judge().gone().toSeconds() + " s");
            }
        }
    }

    private boolean alive(String agent) {
        Long last = heard.get(agent);
        return last != null && ticker.nanos() - last < options.judge().gone().toNanos();
    }

    /** @return false when the agent has to register */
    public boolean heartbeat(String agent) {
        lock.lock();
        try {
            if (!agents.containsKey(agent)) {
                return false;
            }
            long now = ticker.nanos();
            heard.put(agent, now);
            judge.heard(agent, now);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** @return false when the agent has to register; its report is not used */
    public boolean report(AgentReport report) {
        Set<String> changed = Set.of();
        lock.lock();
        try {
            Registration known = agents.get(report.agent());
            if (known == null) {
                return false;
            }
            long now = ticker.nanos();
            heard.put(report.agent(), now);
            AgentReport own = ownOnly(report, known);
            judge.add(own, now);
            tally.add(own, inventory);
            own.paths().forEach(paths::learn);
            if (report.services().isPresent()) {
                services.tell(known, report.services().get());
                changed = rested(now) && services.takeChanged() ? rebuild() : changed;
            }
        } finally {
            lock.unlock();
        }
        watches.tell(changed);
        return true;
    }

    /** Services come and go; making lists anew for them takes a tenth of the time at most. */
    private boolean rested(long now) {
        return now - rebuilt >= REST * rebuildNanos;
    }

    /** An agent speaks for its own cards. */
    private static AgentReport ownOnly(AgentReport report, Registration known) {
        Set<IpAddress> own = new HashSet<>();
        known.cards().forEach(card -> own.add(card.address()));
        return new AgentReport(
                report.agent(),
                report.nowNanos(),
                report.rows().stream()
                        .filter(row -> own.contains(row.flow().from()))
                        .toList(),
                report.lengths().stream()
                        .filter(each -> own.contains(each.from()))
                        .toList(),
                report.paths().stream()
                        .filter(path -> own.contains(path.flow().from()))
                        .toList(),
                report.pace(),
                report.dropped(),
                report.stalledNanos());
    }

    /** The lists of all cards of an agent. */
    public List<Pinglist> pinglists(String agent) {
        lock.lock();
        try {
            Registration known = agents.get(agent);
            return known == null
                    ? List.of()
                    : known.cards().stream()
                            .flatMap(card -> Optional.ofNullable(lists.get(card.address())).stream())
                            .toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells when a list of this agent changed; which one is for the watcher to find out.
     *
     * @return ends it
     */
    public Runnable watchPinglists(String agent, Runnable changed) {
        return watches.add(agent, changed);
    }

    /** Tells when an incident opened, closed or became another. */
    public Runnable watchHealth(Runnable changed) {
        return watches.add(HEALTH, changed);
    }

    public Health health(HealthQuestion question) {
        lock.lock();
        try {
            return switch (question) {
                case HealthQuestion.Everything _ -> new Health(incidents.open(), count(inventory.cards().stream()));
                case HealthQuestion.OfCard card -> of(List.of(card.address()), Optional.empty());
                case HealthQuestion.OfHost host ->
                    of(
                            inventory.cards().stream()
                                    .filter(card -> card.host().equals(host.host()))
                                    .map(Inventory.Placed::address)
                                    .toList(),
                            Optional.empty());
                case HealthQuestion.OfPath path -> of(List.of(path.from(), path.to()), Optional.of(path));
            };
        } finally {
            lock.unlock();
        }
    }

    private Health of(List<IpAddress> cards, Optional<HealthQuestion.OfPath> path) {
        Set<String> touching = new HashSet<>();
        cards.forEach(card -> touching.add(card.toString()));
        Set<String> crossed = path.map(this::crossed).orElse(Set.of());
        List<Incident> found = incidents.open().stream()
                .filter(incident -> crossed.contains(incident.component())
                        || incident.cards().stream().anyMatch(touching::contains))
                .toList();
        return new Health(found, count(cards.stream().flatMap(card -> inventory.find(card).stream())));
    }

    private Set<String> crossed(HealthQuestion.OfPath path) {
        Set<String> names = new HashSet<>();
        Optional.ofNullable(lists.get(path.from())).stream()
                .flatMap(list -> list.targets().stream())
                .filter(target -> target.peer().address().equals(path.to()))
                .flatMap(target -> target.sourcePorts().stream())
                .forEach(port -> {
                    int[] components = map.roundTrip(new Flow(path.from(), path.to(), port), paths)
                            .orElse(new int[0]);
                    for (int component : components) {
                        names.add(map.describe(component).name());
                    }
                });
        return names;
    }

    private int count(Stream<Inventory.Placed> cards) {
        return (int) cards.filter(card -> alive(card.agent())).count();
    }

    /** Incidents that are over, the newest first. */
    public List<Incident> history() {
        lock.lock();
        try {
            return incidents.closed();
        } finally {
            lock.unlock();
        }
    }

    /** Since when components are suspected that have no incident yet. */
    public Map<String, Instant> suspected() {
        lock.lock();
        try {
            return incidents.suspected();
        } finally {
            lock.unlock();
        }
    }

    public Coverage coverage() {
        lock.lock();
        try {
            List<String> all = new ArrayList<>(shortfalls);
            all.addAll(services.shortfalls());
            return Coverage.of(map, paths, lists.values(), all);
        } finally {
            lock.unlock();
        }
    }

    public Inventory inventory() {
        lock.lock();
        try {
            return inventory;
        } finally {
            lock.unlock();
        }
    }

    public Totals totals() {
        lock.lock();
        try {
            return tally.totals(
                    agents.size(),
                    inventory.cards().size(),
                    services,
                    judge.rows(),
                    localizations,
                    lastJudgmentSeconds);
        } finally {
            lock.unlock();
        }
    }

    /** Makes everything anew that follows from who is there; returns the agents whose lists are others now. */
    private Set<String> rebuild() {
        long start = ticker.nanos();
        inventory = Inventory.of(agents.values());
        var made = PinglistMaker.make(inventory, options.lists().times(factor), services.flows(), ++version);
        shortfalls = made.shortfalls();
        Set<String> changed = new HashSet<>();
        Map<IpAddress, Pinglist> kept = new HashMap<>();
        made.lists().forEach((address, list) -> {
            Pinglist before = lists.get(address);
            boolean same = before != null && before.sameAs(list);
            kept.put(address, same ? before : list);
            if (!same) {
                changed.add(inventory.find(address).orElseThrow().agent());
            }
        });
        lists = kept;
        remap();
        rebuilt = ticker.nanos();
        rebuildNanos = rebuilt - start;
        return changed;
    }

    private void remap() {
        pathsMapped = paths.changes();
        map = FabricMap.of(inventory, paths, options.names());
        judge.use(map);
    }

    private void judgeAlways() {
        while (!closed) {
            try {
                long start = ticker.nanos();
                judgeOnce();
                TimeUnit.NANOSECONDS.sleep(Math.max(
                        options.pace().report().toNanos() - ticker.since(start),
                        options.pace().report().toNanos() / 4));
            } catch (InterruptedException e) {
                return;
            } catch (MayflyException e) {
                log.warn().with("why", e.why()).log(e.what());
            }
        }
    }

    private void judgeOnce() {
        Set<String> changed = new HashSet<>();
        IncidentBook.Changes changes;
        lock.lock();
        try {
            long now = ticker.nanos();
            Instant wall = clock.instant();
            keepHouse(now, wall, changed);
            incidents.suspect(judge.suspect(now), wall);
            List<Blame> blames = judge.judge(now);
            localizations++;
            changes = incidents.judged(blames, judge.lookedFar(), map, this::touchedBy, now, wall);
            changes.ended().forEach(ended -> judge.sound(ended.component(), now));
            lastJudgmentSeconds = ticker.since(now) / 1e9;
        } finally {
            lock.unlock();
        }
        changes.opened().forEach(each -> say("an incident began", each));
        changes.renamed().forEach(each -> say("an incident is another", each));
        changes.ended().forEach(each -> say("an incident is over", each));
        if (!changes.none()) {
            changed.add(HEALTH);
        }
        watches.tell(changed);
    }

    /** What the judge numbers is of the map of now; hosts have no number. */
    private List<String> touchedBy(Blame blame) {
        return blame.number() < 0 ? List.of() : services.crossing(blame.number(), map, paths);
    }

    private void say(String what, Incident incident) {
        log.warn()
                .with("id", incident.id())
                .with("component", incident.component())
                .with("fault", incident.fault().word())
                .with("priority", incident.priority().name())
                .with("why", incident.why())
                .log(what);
    }

    private void keepHouse(long now, Instant wall, Set<String> changed) {
        if (pathsMapped != paths.changes()) {
            remap();
        }
        List<String> gone = new ArrayList<>();
        heard.forEach((agent, last) -> {
            if (now - last > options.forget().toNanos()) {
                gone.add(agent);
            }
        });
        for (String agent : gone) {
            agents.remove(agent);
            heard.remove(agent);
            judge.forget(agent);
            tally.forget(agent);
            services.forget(agent);
        }
        if (!gone.isEmpty() || rested(now) && services.takeChanged()) {
            changed.addAll(rebuild());
        }
        if (now - touched > TOUCH.toNanos()) {
            touched = now;
            registry.touch(agents.keySet().stream().filter(this::alive).toList(), wall);
            registry.sweep(wall.minus(options.forget()));
            moreFlows(changed);
        }
    }

    /** When all paths are known and a link is still crossed by none, more flows are asked for. */
    private void moreFlows(Set<String> changed) {
        Coverage coverage = Coverage.of(map, paths, lists.values(), List.of());
        if (coverage.pathsKnown() && !coverage.whole() && factor < MOST_FACTOR) {
            factor *= 2;
            changed.addAll(rebuild());
        }
    }

    /** Tells whoever watches nothing more. The registry stays open. */
    @Override
    public void close() {
        closed = true;
        judging.interrupt();
        try {
            judging.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
