package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.topology.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keeps scores over seeds. Seed n has the kind of fault n modulo one more than there are kinds; the one more has no fault,
 * only nuisances. Belongs to one thread; seeds may be played by others and added in any order.
 */
public final class Evaluation {
    /** The name under which ours is listed. */
    public static final String OURS = "likelihood";

    private final Plan plan;
    private final TreeMap<String, Map<FaultKind, Score>> scores = new TreeMap<>();
    private final TreeMap<String, Score> withoutFault = new TreeMap<>();
    private int seeds;

    public Evaluation(Plan plan) {
        this.plan = plan;
    }

    public Evaluation(Shape shape, int seconds) {
        this(Plan.usual(shape, seconds));
    }

    public Plan plan() {
        return plan;
    }

    public int seeds() {
        return seeds;
    }

    public void play(long seed) {
        add(SeedPlay.play(plan, seed));
    }

    public void add(SeedResult result) {
        seeds++;
        Optional<FaultKind> kind = result.faults().stream().findFirst().map(Fault::kind);
        for (String localizer : result.localizers()) {
            for (Fault fault : result.faults()) {
                score(localizer, Optional.of(fault.kind())).fault(result.found(localizer, fault));
            }
            Score score = score(localizer, kind);
            score.wrong(result.wrong(localizer));
            if (result.faults().size() == 1) {
                Set<Integer> truth = result.faults().getFirst().truth();
                score.first(result.first(localizer).filter(truth::contains).isPresent());
            }
        }
        score(OURS, kind).wrongMeanwhile(result.wrongMeanwhile());
        for (Fault fault : result.faults()) {
            Score ours = score(OURS, Optional.of(fault.kind()));
            result.secondFound(fault).ifPresent(ours::foundAfter);
            ours.needed(result.secondsNeeded(fault));
        }
    }

    private Score score(String localizer, Optional<FaultKind> kind) {
        return kind.map(each -> scores.computeIfAbsent(localizer, name -> new EnumMap<>(FaultKind.class))
                        .computeIfAbsent(each, k -> new Score()))
                .orElseGet(() -> withoutFault.computeIfAbsent(localizer, name -> new Score()));
    }

    /** Names of what was compared, ours first. */
    public List<String> localizers() {
        Set<String> names = new TreeSet<>(scores.keySet());
        names.addAll(withoutFault.keySet());
        return names.stream()
                .sorted((a, b) -> Boolean.compare(b.equals(OURS), a.equals(OURS)))
                .toList();
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
