package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * In the manner of NetBouncer (NSDI 2019), for comparison: each component has a share of probes that it lets through; these
 * are fitted to what became of each path by least squares with a term that pushes a share to 0 or 1, one share after the
 * other. Below 0.999 a component is at fault. Paths here are those of probes between cards, not bounced off switches, and
 * switches and cards have shares as well as links, so this is not the published system.
 */
public final class BouncerLocalizer implements Localizer {
    private static final double AT_FAULT_BELOW = 0.999;
    private static final double PUSH = 1;
    private static final int ROUNDS = 20;
    private static final double SMALLEST = 1e-9;

    private final Fabric fabric;
    private final Map<Integer, List<Path>> byPath = new HashMap<>();

    private static final class Path {
        private final int[] components;
        private int probes;
        private int lost;

        Path(int[] components) {
            this.components = components;
        }

        double through() {
            return 1 - (double) lost / probes;
        }
    }

    public BouncerLocalizer(Fabric fabric) {
        this.fabric = fabric;
    }

    @Override
    public String name() {
        return "netbouncer";
    }

    @Override
    public void observe(Observation observation) {
        int[] components = withoutCables(observation.path());
        Path path = path(components);
        path.probes++;
        if (observation.verdict() != Verdict.OK) {
            path.lost++;
        }
    }

    /** A link and its cable would share the blame for the same losses. */
    private int[] withoutCables(int[] path) {
        return Arrays.stream(path)
                .filter(component -> fabric.kind(component) != Fabric.Kind.CABLE)
                .toArray();
    }

    private Path path(int[] components) {
        List<Path> same = byPath.computeIfAbsent(Arrays.hashCode(components), hash -> new ArrayList<>(1));
        for (Path path : same) {
            if (Arrays.equals(path.components, components)) {
                return path;
            }
        }
        Path path = new Path(components);
        same.add(path);
        return path;
    }

    @Override
    public List<Finding> judge(HostEvidence hosts) {
        Set<Integer> suspects = new HashSet<>();
        List<Path> paths = new ArrayList<>();
        byPath.values().forEach(paths::addAll);
        paths.removeIf(path -> hosts.explains(path.components[0], path.components[1]));
        for (Path path : paths) {
            if (path.lost > 0) {
                for (int component : path.components) {
                    suspects.add(component);
                }
            }
        }
        Map<Integer, List<Path>> crossing = new HashMap<>();
        for (Path path : paths) {
            for (int component : path.components) {
                if (suspects.contains(component)) {
                    crossing.computeIfAbsent(component, c -> new ArrayList<>()).add(path);
                }
            }
        }
        return findings(fitted(crossing));
    }

    private double[] fitted(Map<Integer, List<Path>> crossing) {
        double[] share = new double[fabric.components()];
        Arrays.fill(share, 1);
        crossing.forEach((component, paths) -> {
            double sum = 0;
            double probes = 0;
            for (Path path : paths) {
                sum += path.through() * path.probes;
                probes += path.probes;
            }
            share[component] = sum / probes;
        });
        for (int round = 0; round < ROUNDS; round++) {
            crossing.forEach((component, paths) -> share[component] = best(component, paths, share));
        }
        return share;
    }

    /** Where the derivative of the sum of squares and the push is zero. */
    private static double best(int component, List<Path> paths, double[] share) {
        double squares = 0;
        double products = 0;
        for (Path path : paths) {
            double others = 1;
            for (int each : path.components) {
                others *= each == component ? 1 : share[each];
            }
            squares += path.probes * others * others;
            products += path.probes * path.through() * others;
        }
        double curvature = squares - PUSH;
        if (curvature < SMALLEST) {
            return products * 2 >= squares ? 1 : 0;
        }
        return Math.clamp((products - PUSH / 2) / curvature, 0, 1);
    }

    private List<Finding> findings(double[] share) {
        List<Finding> findings = new ArrayList<>();
        for (int component = 0; component < share.length; component++) {
            if (share[component] < AT_FAULT_BELOW) {
                findings.add(Finding.network(component, 1 - share[component]));
            }
        }
        findings.sort((a, b) -> Double.compare(b.score(), a.score()));
        return findings;
    }
}
