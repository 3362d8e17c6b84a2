package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.analyze.Finding;
import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.analyze.LikelihoodLocalizer;
import dev.mayfly.mesh.analyze.Localizer;
import dev.mayfly.mesh.analyze.Observation;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A window of probes of a large fabric with four faults, made beforehand, so that only what is done with them is measured.
 * Which way a probe took is worked out while it is taken in, from its cards and source port.
 */
public final class AnalysisLoad {
    private final Fabric fabric;
    private final HostEvidence hosts;
    private final Recorder recorder = new Recorder();

    /**
     * What taking them in cost.
     *
     * @param wallNanos from the first to the merged whole
     * @param processorNanos of all threads
     */
    public record TakenIn(long wallNanos, long processorNanos, LikelihoodLocalizer whole) {}

    /** Keeps what it is shown. */
    private static final class Recorder implements Localizer {
        private int[] from = new int[1 << 20];
        private int[] to = new int[1 << 20];
        private short[] port = new short[1 << 20];
        private Verdict[] verdict = new Verdict[1 << 20];
        private int count;

        @Override
        public String name() {
            return "recorder";
        }

        @Override
        public void observe(Observation observation) {
            if (count == from.length) {
                int more = count + (count >> 1);
                from = Arrays.copyOf(from, more);
                to = Arrays.copyOf(to, more);
                port = Arrays.copyOf(port, more);
                verdict = Arrays.copyOf(verdict, more);
            }
            from[count] = observation.from();
            to[count] = observation.to();
            port[count] = (short) observation.sourcePort();
            verdict[count++] = observation.verdict();
        }

        @Override
        public List<Finding> judge(HostEvidence hosts) {
            return List.of();
        }
    }

    private AnalysisLoad(Shape shape, int seconds, long seed) {
        fabric = new Fabric(shape, seed);
        Random random = new Random(seed);
        FaultMaker maker = new FaultMaker(fabric, random);
        List<Fault> faults = List.of(
                maker.make(FaultKind.LINK_DEAD),
                maker.make(FaultKind.CARD_DOWN),
                maker.make(FaultKind.LINK_TENTH),
                maker.make(FaultKind.SWITCH_TENTH));
        Nuisances nuisances = new Nuisances(fabric, random, seconds * 1000L);
        Scenario scenario = new Scenario(fabric, faults, nuisances, new Scenario.Rates(10, 1, 256), random);
        for (int second = 0; second < seconds; second++) {
            scenario.second(second, List.of(recorder));
        }
        hosts = scenario.evidence(0, seconds);
    }

    /** 32,768 cards and 131,072 links, ten probes a second of each card within its leaf and one beyond. */
    public static AnalysisLoad largest(int seconds) {
        return new AnalysisLoad(Shape.threeTiers(32, 32, 32, 32, 32), seconds, 1);
    }

    /** The same of a small one, to see that it works. */
    public static AnalysisLoad small() {
        return new AnalysisLoad(Shape.threeTiers(4, 4, 4, 4, 8), 2, 1);
    }

    public Fabric fabric() {
        return fabric;
    }

    public int outcomes() {
        return recorder.count;
    }

    /** Each thread takes in its part, then the parts are added up. */
    public TakenIn takeIn(int threads) throws InterruptedException {
        long start = System.nanoTime();
        long processor = 0;
        LikelihoodLocalizer whole = new LikelihoodLocalizer(fabric);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<LikelihoodLocalizer> parts = new ArrayList<>();
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                LikelihoodLocalizer part = i == 0 ? whole : new LikelihoodLocalizer(fabric);
                int first = (int) ((long) recorder.count * i / threads);
                int end = (int) ((long) recorder.count * (i + 1) / threads);
                parts.add(part);
                running.add(pool.submit(() -> takeIn(part, first, end)));
            }
            for (Future<Long> each : running) {
                processor += each.get();
            }
            long begin = processorNanos();
            parts.subList(1, threads).forEach(whole::add);
            processor += processorNanos() - begin;
        } catch (ExecutionException e) {
            throw new IllegalStateException("taking probes in failed", e.getCause());
        }
        return new TakenIn(System.nanoTime() - start, processor, whole);
    }

    private long takeIn(Localizer part, int first, int end) {
        long begin = processorNanos();
        Observation observation = new Observation();
        for (int i = first; i < end; i++) {
            observe(observation, i);
            part.observe(observation);
        }
        return processorNanos() - begin;
    }

    private void observe(Observation observation, int i) {
        observation.set(fabric, recorder.from[i], recorder.to[i], Short.toUnsignedInt(recorder.port[i]));
        observation.verdict(recorder.verdict[i]);
    }

    /** Processor time of working out the ways alone, which is the least that taking them in can cost. */
    public long waysAlone() {
        long begin = processorNanos();
        Observation observation = new Observation();
        int crossed = 0;
        for (int i = 0; i < recorder.count; i++) {
            observe(observation, i);
            crossed += observation.crossed();
        }
        if (crossed < recorder.count) {
            throw new IllegalStateException("each probe crosses something");
        }
        return processorNanos() - begin;
    }

    /** Processor time of one look at the whole window. */
    public long judge(LikelihoodLocalizer whole) {
        long begin = processorNanos();
        List<Finding> findings = whole.judge(hosts);
        long nanos = processorNanos() - begin;
        if (findings.isEmpty()) {
            throw new IllegalStateException("there are faults, and none was found");
        }
        return nanos;
    }

    private static long processorNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadCpuTime();
    }
}
