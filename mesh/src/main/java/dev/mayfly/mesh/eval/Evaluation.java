package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.analyze.BouncerLocalizer;
import dev.mayfly.mesh.analyze.DemocraticLocalizer;
import dev.mayfly.mesh.analyze.Finding;
import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.analyze.LikelihoodLocalizer;
import dev.mayfly.mesh.analyze.Localizer;
import dev.mayfly.mesh.analyze.VotingLocalizer;
import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Plays seeds and keeps scores. Seed n has the kind of fault n modulo one more than there are kinds; the one more has no
 * fault, only nuisances. A third of the seeds with a fault have one to three further ones of random kinds.
 */
public final class Evaluation {
    private static final int MOST_FURTHER = 3;

    private final Shape shape;
    private final int seconds;
    private final TreeMap<String, Map<FaultKind, Score>> scores = new TreeMap<>();
    private final TreeMap<String, Score> withoutFault = new TreeMap<>();

    /** @param seconds of each seed; what R-Pingmesh looks at in one piece are twenty */
    public Evaluation(Shape shape, int seconds) {
        if (seconds < 1) {
            throw new IllegalArgumentException("seeds of " + seconds + " seconds");
        }
        this.shape = shape;
        this.seconds = seconds;
    }

    public void play(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        Fabric fabric = new Fabric(shape, random.nextLong());
        List<Fault> faults = faults(fabric, seed, random);
        Scenario scenario = new Scenario(
                fabric, faults, new Nuisances(fabric, random, seconds * 1000L), Scenario.Rates.of(fabric), random);
        LikelihoodLocalizer ours = new LikelihoodLocalizer(fabric);
        List<Localizer> all = List.of(
                ours, new VotingLocalizer(fabric), new DemocraticLocalizer(fabric), new BouncerLocalizer(fabric));
        Set<Fault> waiting = new HashSet<>(faults);
        for (int second = 0; second < seconds; second++) {
            scenario.second(second, all);
            if (!waiting.isEmpty()) {
                Set<Integer> named = named(ours.judge(scenario.evidence(second + 1)));
                for (Fault fault : List.copyOf(waiting)) {
                    if (named.stream().anyMatch(fault.truth()::contains)) {
                        waiting.remove(fault);
                        score(ours.name(), Optional.of(fault.kind())).foundAfter(second + 1);
                    }
                }
            }
        }
        HostEvidence evidence = scenario.evidence(seconds);
        all.forEach(localizer -> keepScore(localizer.name(), localizer.judge(evidence), faults));
    }

    private static List<Fault> faults(Fabric fabric, long seed, Random random) {
        FaultKind[] kinds = FaultKind.values();
        int which = (int) Math.floorMod(seed, kinds.length + 1L);
        if (which == kinds.length) {
            return List.of();
        }
        FaultMaker maker = new FaultMaker(fabric, random);
        List<Fault> faults = new ArrayList<>(List.of(maker.make(kinds[which])));
        int further = random.nextInt(3) == 0 ? 1 + random.nextInt(MOST_FURTHER) : 0;
        for (int i = 0; i < further; i++) {
            Fault another = maker.make(kinds[random.nextInt(kinds.length)]);
            if (faults.stream().noneMatch(fault -> hide(fabric, fault, another) || hide(fabric, another, fault))) {
                faults.add(another);
            }
        }
        return faults;
    }

    /** Two faults in one component, or in a whole and its part, are one to whoever looks from outside. */
    private static boolean hide(Fabric fabric, Fault one, Fault other) {
        return one.truth().stream()
                .anyMatch(component -> other.truth().stream()
                        .anyMatch(each -> each.equals(component) || fabric.isPartOf(each, component)));
    }

    private static Set<Integer> named(List<Finding> findings) {
        Set<Integer> named = new HashSet<>();
        for (Finding finding : findings) {
            if (finding.blamed() == Finding.Blamed.NETWORK) {
                named.add(finding.component());
            }
        }
        return named;
    }

    private void keepScore(String localizer, List<Finding> findings, List<Fault> faults) {
        Set<Integer> named = named(findings);
        for (Fault fault : faults) {
            boolean found = named.stream().anyMatch(fault.truth()::contains);
            score(localizer, Optional.of(fault.kind())).fault(found);
        }
        long wrong = named.stream()
                .filter(component ->
                        faults.stream().noneMatch(fault -> fault.truth().contains(component)))
                .count();
        Optional<FaultKind> kind = faults.stream().findFirst().map(Fault::kind);
        score(localizer, kind).wrong(wrong);
        if (faults.size() == 1) {
            Optional<Integer> first = findings.stream()
                    .filter(finding -> finding.blamed() == Finding.Blamed.NETWORK)
                    .findFirst()
                    .map(Finding::component);
            score(localizer, kind)
                    .first(first.filter(faults.getFirst().truth()::contains).isPresent());
        }
    }

    private Score score(String localizer, Optional<FaultKind> kind) {
        return kind.map(each -> scores.computeIfAbsent(localizer, name -> new EnumMap<>(FaultKind.class))
                        .computeIfAbsent(each, k -> new Score()))
                .orElseGet(() -> withoutFault.computeIfAbsent(localizer, name -> new Score()));
    }

    /** Names of what was compared. */
    public List<String> localizers() {
        Set<String> names = new TreeSet<>(scores.keySet());
        names.addAll(withoutFault.keySet());
        return List.copyOf(names);
    }

    public Score of(String localizer, FaultKind kind) {
        return scores.getOrDefault(localizer, Map.of()).getOrDefault(kind, new Score());
    }

    /** Seeds that had nuisances only: each finding is wrong. */
    public Score withoutFault(String localizer) {
        return withoutFault.getOrDefault(localizer, new Score());
    }

    /** Over all kinds, and seeds without a fault. */
    public Score all(String localizer) {
        Score sum = new Score();
        scores.getOrDefault(localizer, Map.of()).values().forEach(sum::add);
        sum.add(withoutFault(localizer));
        return sum;
    }
}
