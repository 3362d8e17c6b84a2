package dev.mayfly.mesh.judge;

import dev.mayfly.mesh.analyze.Finding;
import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.analyze.LikelihoodLocalizer;
import dev.mayfly.mesh.analyze.Observation;
import dev.mayfly.mesh.control.FabricMap;
import dev.mayfly.mesh.control.Inventory.Placed;
import dev.mayfly.mesh.control.PathBook;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks at what was reported over several stretches of time at once: a short one finds what loses much, soon; a long one finds
 * what loses little. Probes whose host did not run, or whose queue pair was another by then, say nothing and are left out. So
 * are losses of before a component was found sound again.
 */
public final class Judge {
    private static final List<Duration> STRETCHES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(20), Duration.ofDays(1));
    /** The longer ones cost more and change slowly. */
    private static final int SHORT = 2;

    private static final int LONG_EVERY = 10;
    /** A host is late now and then; it is busy when this share of its probes is. */
    private static final double BUSY_SHARE = 0.1;

    private static final int BUSY_LEAST = 5;

    private static final double CHANGED_SHARE = 0.2;

    private final JudgeOptions options;
    private final Evidence evidence;
    private final HeardAgents heard;
    private final PathBook paths;
    private final Delays delays = new Delays();
    private final Map<Flow, Optional<int[]>> crossed = new HashMap<>();
    private final Map<String, Long> soundSince = new HashMap<>();
    private FabricMap map;
    private long pathsSeen;
    private int round;

    public Judge(JudgeOptions options, FabricMap map, PathBook paths) {
        this.options = options;
        this.evidence = new Evidence(options.remembered());
        this.heard = new HeardAgents(options.silence());
        this.map = map;
        this.paths = paths;
    }

    /** The fabric is another one. */
    public void use(FabricMap other) {
        map = other;
        crossed.clear();
        delays.retain(map.cards().stream().map(Placed::address).toList());
    }

    public void heard(String agent, long now) {
        heard.heard(agent, now);
    }

    public void forget(String agent) {
        heard.forget(agent);
    }

    public void add(AgentReport report, long now) {
        heard.heard(report.agent(), now, report.stalledNanos());
        evidence.add(report, now);
        report.lengths().forEach(each -> delays.add(each, now));
    }

    /** What a component lost until now is not held against it any more. */
    public void sound(String name, long now) {
        soundSince.put(name, now);
    }

    public int rows() {
        return evidence.size();
    }

    /** What is blamed, by losses that cannot turn out to be late answers any more. Surest first. */
    public List<Blame> judge(long now) {
        prepare(now);
        List<Blame> blames = new ArrayList<>(silent(now));
        blames.addAll(waitedFor(now));
        boolean all = round++ % LONG_EVERY == 0;
        for (Duration stretch : all ? STRETCHES : STRETCHES.subList(0, SHORT)) {
            // What is explained over a short time explains the same losses over a longer one, where they weigh less.
            Set<Integer> explained = new HashSet<>();
            blames.stream().filter(Blame::sure).forEach(blame -> explained.add(blame.number()));
            for (Blame blame : over(stretch, options.settle(), now, explained)) {
                if (blame.sure()) {
                    blames.removeIf(known -> !known.sure() && same(known, blame));
                }
                if (blames.stream().noneMatch(known -> same(known, blame))) {
                    blames.add(blame);
                }
            }
        }
        blames.removeIf(vague -> blames.stream()
                .anyMatch(blame -> blame.sure() && vague.candidates().contains(blame.name())));
        return blames;
    }

    /** Whether the long stretches were looked at by the last judgment too. */
    public boolean lookedFar() {
        return (round - 1) % LONG_EVERY == 0;
    }

    /** What may turn out to be at fault: losses so young that some may still turn out to be late answers. */
    public List<Blame> suspect(long now) {
        prepare(now);
        return over(STRETCHES.getFirst(), options.hint(), now, Set.of());
    }

    private boolean same(Blame known, Blame blame) {
        return known.name().equals(blame.name())
                || known.number() >= 0 && blame.number() >= 0 && map.related(known.number(), blame.number());
    }

    private void prepare(long now) {
        if (pathsSeen != paths.changes()) {
            pathsSeen = paths.changes();
            crossed.clear();
        }
        soundSince.values().removeIf(since -> now - since > options.remembered().toNanos());
    }

    private List<Blame> silent(long now) {
        List<Blame> silent = new ArrayList<>();
        Set<String> hosts = new HashSet<>();
        for (Placed card : map.cards()) {
            Duration quiet = heard.silentFor(card.agent(), now).orElse(Duration.ZERO);
            if (quiet.compareTo(options.gone()) > 0 && hosts.add(card.host())) {
                silent.add(Blame.host(card.host(), Blame.Fault.SILENT, 0, 0, quiet.toMillis() / 1e3, now, map));
            }
        }
        return silent;
    }

    /** Hosts within which probes waited. */
    private List<Blame> waitedFor(long now) {
        Map<String, List<IpAddress>> hosts = new TreeMap<>();
        map.cards()
                .forEach(card -> hosts.computeIfAbsent(card.host(), _ -> new ArrayList<>())
                        .add(card.address()));
        List<Blame> busy = new ArrayList<>();
        hosts.forEach((host, cards) -> {
            Delays.Seen seen = delays.of(cards, now);
            if (seen.slow() >= BUSY_LEAST && seen.slow() >= BUSY_SHARE * seen.probes()) {
                busy.add(Blame.host(
                        host,
                        Blame.Fault.BUSY,
                        seen.probes(),
                        seen.slow(),
                        Delays.LOOK.toMillis() / 1e3,
                        seen.lastSlow(),
                        map));
            }
        });
        return busy;
    }

    private List<Blame> over(Duration stretch, Duration age, long now, Set<Integer> explained) {
        long youngest = now - age.toNanos() - options.window().toNanos();
        long oldest = youngest - stretch.toNanos();
        List<Seen> seen = new ArrayList<>();
        LikelihoodLocalizer localizer = new LikelihoodLocalizer(map.fabric(), map.hosts(), 0);
        Observation observation = new Observation();
        Iterator<Evidence.Row> rows = evidence.newestFirst();
        while (rows.hasNext()) {
            Evidence.Row row = rows.next();
            // Rows come in the order of their telling, which a stretch more than covers.
            if (row.start < oldest - options.remembered().toNanos() / 10) {
                break;
            }
            Optional<int[]> path = row.start > youngest || row.start < oldest ? Optional.empty() : usable(row, now);
            if (path.isPresent() && !(loses(row) && crosses(path.get(), explained))) {
                seen.add(new Seen(row, path.get()));
                observe(row, path.get(), observation, localizer);
            }
        }
        double seconds = Math.min(stretch.toMillis(), options.remembered().toMillis()) / 1e3;
        List<Blame> blames = new ArrayList<>();
        for (Finding finding : localizer.judge(HostEvidence.NONE)) {
            Blame blame = blame(finding, seen, seconds);
            // A host with several cards is told once.
            if (!blame.fault().ofHost()
                    || blames.stream().noneMatch(known -> known.name().equals(blame.name()))) {
                blames.add(blame);
            }
        }
        for (int host : localizer.late(HostEvidence.NONE).keySet()) {
            busy(host, seen, seconds)
                    .filter(busy -> blames.stream().noneMatch(known -> same(known, busy)))
                    .ifPresent(blames::add);
        }
        return blames;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Seen(Evidence.Row row, int[] path) {
        boolean crosses(int component) {
            for (int each : path) {
                if (each == component) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What the row's probes crossed; empty when they say nothing. */
    private Optional<int[]> usable(Evidence.Row row, long now) {
        Optional<int[]> path = crossed.computeIfAbsent(row.flow(), flow -> map.roundTrip(flow, paths));
        if (path.isEmpty()) {
            return path;
        }
        Optional<Placed> from = map.cardOf(path.get()[0]);
        Optional<Placed> to = map.cardOf(path.get()[1]);
        if (from.isEmpty() || to.isEmpty() || to.get().card().queuePair() != row.queuePair) {
            return Optional.empty();
        }
        long end = row.start + options.window().toNanos() + options.settle().toNanos();
        if (heard.paused(from.get().agent(), row.start, end, now)
                || heard.paused(to.get().agent(), row.start, end, now)) {
            return Optional.empty();
        }
        if (!soundSince.isEmpty()
                && row.counts().of(Verdict.LOST) + row.counts().of(Verdict.CORRUPT) > 0) {
            for (int component : path.get()) {
                if (row.start < soundSince.getOrDefault(map.describe(component).name(), Long.MIN_VALUE)) {
                    return Optional.empty();
                }
            }
        }
        return path;
    }

    private static boolean loses(Evidence.Row row) {
        return row.counts().of(Verdict.LOST) + row.counts().of(Verdict.CORRUPT) > 0;
    }

    private static boolean crosses(int[] path, Set<Integer> components) {
        for (int each : path) {
            if (components.contains(each)) {
                return true;
            }
        }
        return false;
    }

    private void observe(Evidence.Row row, int[] path, Observation observation, LikelihoodLocalizer localizer) {
        for (Verdict verdict : Verdict.values()) {
            int count = row.counts().of(verdict);
            for (int i = 0; i < count; i++) {
                observation.set(map.fabric(), path[0], path[1], row.flow().sourcePort(), path);
                observation.verdict(verdict);
                localizer.observe(observation);
            }
        }
    }

    private Blame blame(Finding finding, List<Seen> seen, double seconds) {
        int component = finding.component();
        long probes = 0;
        long bad = 0;
        long corrupt = 0;
        long lastBad = Long.MIN_VALUE;
        for (Seen each : seen) {
            if (each.crosses(component)) {
                int here =
                        each.row.counts().of(Verdict.LOST) + each.row.counts().of(Verdict.CORRUPT);
                probes += each.row.counts().probes();
                bad += here;
                corrupt += each.row.counts().of(Verdict.CORRUPT);
                lastBad = here > 0 ? Math.max(lastBad, each.row.start) : lastBad;
            }
        }
        if (finding.blamed() == Finding.Blamed.HOST) {
            String host = map.cardOf(component).map(Placed::host).orElse("?");
            return Blame.host(host, Blame.Fault.BUSY, probes, bad, seconds, lastBad, map);
        }
        FabricMap.Component described = map.describe(component);
        List<String> candidates = finding.candidates().stream()
                .filter(other -> other != component)
                .map(other -> map.describe(other).name())
                .sorted()
                .toList();
        Blame.Fault fault = corrupt >= CHANGED_SHARE * bad ? Blame.Fault.CORRUPTS : Blame.Fault.DROPS;
        return new Blame(
                described.name(),
                described.kind(),
                component,
                fault,
                probes,
                bad,
                seconds,
                lastBad,
                candidates,
                described.cards());
    }

    /** A host that answered late, when that was not just now and then. */
    private Optional<Blame> busy(int host, List<Seen> seen, double seconds) {
        long probes = 0;
        long late = 0;
        long lastBad = Long.MIN_VALUE;
        int card = -1;
        for (Seen each : seen) {
            int end = ofHost(each.path()[0], host) ? 0 : 1;
            if (ofHost(each.path()[end], host)) {
                card = each.path()[end];
                int here = each.row().counts().of(Verdict.LATE);
                probes += each.row().counts().probes();
                late += here;
                lastBad = here > 0 ? Math.max(lastBad, each.row().start) : lastBad;
            }
        }
        if (late < BUSY_LEAST || late < BUSY_SHARE * probes) {
            return Optional.empty();
        }
        String name = map.cardOf(card).orElseThrow().host();
        return Optional.of(Blame.host(name, Blame.Fault.BUSY, probes, late, seconds, lastBad, map));
    }

    private boolean ofHost(int card, int host) {
        return map.hosts().of(card) == host;
    }
}
