package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.analyze.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of one seed: its faults, and what each localizer told of it, in whichever window. Made by one thread. */
public final class SeedResult {
    private final List<Fault> faults;
    private final Map<String, Told> told = new TreeMap<>();
    private final Set<Integer> meanwhile = new HashSet<>();
    private final Map<Fault, Integer> secondFound = new HashMap<>();
    private final Map<Fault, Double> secondsNeeded = new HashMap<>();

    /** Components that one localizer blamed. */
    private static final class Told {
        private final Set<Integer> named = new HashSet<>();
        private Optional<Integer> first = Optional.empty();
    }

    SeedResult(List<Fault> faults) {
        this.faults = List.copyOf(faults);
    }

    List<Fault> faults() {
        return faults;
    }

    Set<String> localizers() {
        return told.keySet();
    }

    void tell(String localizer, List<Finding> findings) {
        Told all = told.computeIfAbsent(localizer, _ -> new Told());
        List<Integer> network = network(findings);
        all.named.addAll(network);
        if (all.first.isEmpty()) {
            all.first = network.stream().findFirst();
        }
    }

    /** What ours says between the ends of windows, when the others say nothing. */
    void tellMeanwhile(List<Finding> findings) {
        meanwhile.addAll(network(findings));
    }

    /** How many sound components ours blamed between the ends of windows and at none of them. */
    long wrongMeanwhile() {
        return wrong(meanwhile)
                - wrong(meanwhile.stream()
                        .filter(of(Evaluation.OURS).named::contains)
                        .collect(Collectors.toSet()));
    }

    static List<Integer> network(List<Finding> findings) {
        List<Integer> network = new ArrayList<>();
        for (Finding finding : findings) {
            if (finding.blamed() == Finding.Blamed.NETWORK) {
                network.add(finding.component());
            }
        }
        return network;
    }

    void foundAfter(Fault fault, int second) {
        secondFound.putIfAbsent(fault, second);
    }

    boolean isFound(Fault fault) {
        return secondFound.containsKey(fault);
    }

    /** What no rule can do with less, on average; infinite when no probe crossed it. */
    void needs(Fault fault, double seconds) {
        secondsNeeded.put(fault, seconds);
    }

    Optional<Integer> secondFound(Fault fault) {
        return Optional.ofNullable(secondFound.get(fault));
    }

    double secondsNeeded(Fault fault) {
        return secondsNeeded.getOrDefault(fault, Double.POSITIVE_INFINITY);
    }

    boolean found(String localizer, Fault fault) {
        return of(localizer).named.stream().anyMatch(fault.truth()::contains);
    }

    /** How many sound components were blamed. */
    long wrong(String localizer) {
        return wrong(of(localizer).named);
    }

    private long wrong(Set<Integer> named) {
        return named.stream()
                .filter(component ->
                        faults.stream().noneMatch(fault -> fault.truth().contains(component)))
                .count();
    }

    /** What was surest when anything was told for the first time. */
    Optional<Integer> first(String localizer) {
        return of(localizer).first;
    }

    private Told of(String localizer) {
        return told.getOrDefault(localizer, new Told());
    }
}
