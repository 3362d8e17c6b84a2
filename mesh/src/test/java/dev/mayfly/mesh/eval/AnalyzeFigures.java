package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.analyze.Finding;
import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.analyze.LikelihoodLocalizer;
import dev.mayfly.mesh.analyze.Localizer;
import dev.mayfly.mesh.analyze.Observation;
import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What it costs to analyse a fabric of 32,768 cards with four faults, in processor time: {@code SECONDS OUTPUT}. */
final class AnalyzeFigures {
    private AnalyzeFigures() {}

    /** Counts, so that what the simulation costs can be taken off. */
    private static final class Counting implements Localizer {
        private long observed;

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public void observe(Observation observation) {
            observed++;
        }

        @Override
        public List<Finding> judge(HostEvidence hosts) {
            return List.of();
        }
    }

    public static void main(String[] args) throws Exception {
        Fabric fabric = new Fabric(Shape.threeTiers(32, 32, 32, 32, 32), 1);
        Random random = new Random(2);
        FaultMaker maker = new FaultMaker(fabric, random);
        List<Fault> faults = List.of(
                maker.make(FaultKind.LINK_DEAD),
                maker.make(FaultKind.CARD_DOWN),
                maker.make(FaultKind.LINK_TENTH),
                maker.make(FaultKind.SWITCH_TENTH));
        int seconds = Integer.parseInt(args[0]);
        Scenario scenario = new Scenario(
                fabric, faults, new Nuisances(fabric, random, seconds * 1000L), new Scenario.Rates(10, 1, 256), random);
        LikelihoodLocalizer ours = new LikelihoodLocalizer(fabric);
        Counting counting = new Counting();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        scenario.second(0, List.of(counting));
        long simulated = 0;
        long both = 0;
        for (int second = 0; second < seconds; second++) {
            long begin = threads.getCurrentThreadCpuTime();
            scenario.second(second, List.of(counting));
            long middle = threads.getCurrentThreadCpuTime();
            scenario.second(second, List.of(counting, ours));
            simulated += middle - begin;
            both += threads.getCurrentThreadCpuTime() - middle;
        }
        long each = counting.observed / (2L * seconds + 1);
        StringBuilder out = new StringBuilder();
        out.append(String.format(
                Locale.ROOT,
                "%,d cards, %,d links, %,d probes a second; observed %,.0f probes per processor second%n",
                fabric.cards(),
                fabric.links(),
                each,
                each * (double) seconds * 1e9 / Math.max(1, both - simulated)));
        for (int i = 0; i < 5; i++) {
            long begin = threads.getCurrentThreadCpuTime();
            int findings = ours.judge(scenario.evidence(seconds)).size();
            long nanos = threads.getCurrentThreadCpuTime() - begin;
            out.append(String.format(Locale.ROOT, "judged in %,.1f ms: %d findings%n", nanos / 1e6, findings));
        }
        Files.writeString(Path.of(args[1]), out);
    }
}
