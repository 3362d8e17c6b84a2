package dev.mayfly.bench;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.program.Voice;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.eval.AnalysisLoad;
import dev.mayfly.mesh.soft.KernelTransport;
import dev.mayfly.mesh.soft.PacketRate;
import dev.mayfly.mesh.soft.PlainTransport;
import dev.mayfly.mesh.soft.RawPackets;
import dev.mayfly.mesh.soft.Soft;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Frames over sockets beside what the kernel alone takes, and the analysis of a window of a large fabric. */
final class MeshBench {
    private static final List<Integer> PORTS = List.of(0xC101, 0xC102);
    private static final int CORES = 2;
    private static final int LOOKS = 7;
    private static final int WARM_UP_FRAMES = 40_000;

    private final MeshOptions options;
    private final Voice voice;
    private final Machine machine = Machine.here();
    private final String loadBefore = Machine.load();
    private final List<Reading> readings = new ArrayList<>();
    private final List<Series> series = new ArrayList<>();
    private final List<NotRun> notRun = new ArrayList<>();

    /** Readings of one way of sending, a value for each round. */
    private record Rates(List<Double> sent, List<Double> received, List<Double> both) {
        static Rates none() {
            return new Rates(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void add(PacketRate rate) {
            sent.add(rate.sentPerSecond());
            received.add(rate.receivedPerSecond());
            both.add(rate.bothPerSecond());
        }
    }

    MeshBench(MeshOptions options, Voice voice) {
        this.options = options;
        this.voice = voice;
    }

    MeshReport run() throws InterruptedException {
        frames();
        agent();
        analysis();
        return new MeshReport(machine, loadBefore, Machine.load(), series, readings, notRun);
    }

    private void frames() {
        if (!Soft.kernelStamps()) {
            notRun.add(new NotRun("frames over sockets", "sockets of Linux are used to measure"));
            return;
        }
        List<Double> raw = new ArrayList<>();
        Rates kernel = Rates.none();
        Rates plain = Rates.none();
        try {
            measure(WARM_UP_FRAMES, new ArrayList<>(), Rates.none(), Rates.none());
            for (int round = 0; round < options.rounds(); round++) {
                voice.progress("frames, round " + (round + 1) + " of " + options.rounds());
                measure(options.frames(), raw, kernel, plain);
            }
        } catch (MayflyException e) {
            notRun.add(new NotRun("frames over sockets", e.what() + ": " + e.why()));
            return;
        }
        readings.add(new Reading("raw_both", "the kernel alone: sendmmsg, recvmmsg, no stamps", "/s", raw));
        readings.add(new Reading("soft_sent", "kernel's stamps: sent by a core", "/s", kernel.sent()));
        readings.add(new Reading("soft_received", "kernel's stamps: received by a core", "/s", kernel.received()));
        readings.add(new Reading("soft_both", "kernel's stamps: sent and received by a core", "/s", kernel.both()));
        readings.add(new Reading("plain_both", "datagram channel: sent and received by a core", "/s", plain.both()));
    }

    private static void measure(long frames, List<Double> raw, Rates kernel, Rates plain) {
        IpAddress[] pair = pair();
        raw.add(RawPackets.perSecond(pair[0], pair[1], PORTS.getFirst(), frames));
        kernel.add(rate(frames, address -> KernelTransport.open(address, PORTS)));
        plain.add(rate(frames, address -> PlainTransport.open(address, PORTS, Ticker.system())));
    }

    private static PacketRate rate(long frames, Function<IpAddress, Transport> opener) {
        IpAddress[] pair = pair();
        try (Transport a = opener.apply(pair[0]);
                Transport b = opener.apply(pair[1])) {
            PacketRate rate = PacketRate.measure(a, b, PORTS, frames);
            if (rate.frames() < frames) {
                throw new IllegalStateException(frames - rate.frames() + " of " + frames + " frames did not arrive");
            }
            return rate;
        }
    }

    /** Two addresses of 127/8 that nobody else is likely to use at the same time. */
    private static IpAddress[] pair() {
        int first = 0x7F000000 | ThreadLocalRandom.current().nextInt(0x10000, 0xFFFFF0) & ~1;
        return new IpAddress[] {IpAddress.v4(first), IpAddress.v4(first + 1)};
    }

    private void agent() throws InterruptedException {
        Optional<Path> script =
                Optional.ofNullable(System.getProperty("mayfly.script")).map(Path::of);
        if (script.isEmpty() || !Soft.kernelStamps()) {
            notRun.add(
                    new NotRun("an agent as a process", "the script mayfly and sockets of Linux start and carry it"));
            return;
        }
        List<Double> rates = new ArrayList<>();
        List<Double> cores = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        try {
            for (int round = 0; round < options.rounds(); round++) {
                voice.progress("an agent with " + MeshAgentCost.CARDS + " cards, round " + (round + 1) + " of "
                        + options.rounds());
                boolean quick = options.seconds() == 0;
                MeshAgentCost cost = MeshAgentCost.measure(
                        script.get(), Duration.ofSeconds(quick ? 1 : 30), Duration.ofSeconds(quick ? 2 : 20));
                rates.add(cost.probesPerSecond());
                cores.add(100 * cost.coreOfCard());
                megabytes.add(cost.megabytes());
            }
        } catch (IOException | MayflyException e) {
            notRun.add(new NotRun("an agent as a process", String.valueOf(e.getMessage())));
            return;
        }
        readings.add(new Reading("agent_probes", "an agent with 8 cards: probes of a card", "/s", rates));
        readings.add(new Reading("agent_core", "likewise, of a core for each card", "%", cores));
        readings.add(new Reading("agent_memory", "likewise, resident", "MB", megabytes));
    }

    private void analysis() throws InterruptedException {
        voice.progress("making the probes of a window");
        AnalysisLoad load = options.seconds() == 0 ? AnalysisLoad.small() : AnalysisLoad.largest(options.seconds());
        voice.progress("taking them in and looking at them");
        String fabric = String.format(
                Locale.ROOT,
                "%,d cards, %,d links",
                load.fabric().cards(),
                load.fabric().links());
        List<Double> onTwo = new ArrayList<>();
        List<Double> perCore = new ArrayList<>();
        List<Double> waysAlone = new ArrayList<>();
        Series looks = new Series("mayfly_judge", "a look at the window of " + fabric);
        double first = 0;
        for (int round = 0; round <= options.rounds(); round++) {
            AnalysisLoad.TakenIn taken = load.takeIn(CORES);
            long judged = load.judge(taken.whole());
            if (round == 0) {
                first = judged / 1e6;
                load.waysAlone();
                continue;
            }
            onTwo.add(load.outcomes() * 1e9 / (taken.wallNanos() + judged));
            perCore.add(load.outcomes() * 1e9 / (taken.processorNanos() + judged));
            waysAlone.add(load.outcomes() * 1e9 / load.waysAlone());
            for (int i = 0; i < LOOKS; i++) {
                looks.record(load.judge(taken.whole()));
            }
        }
        series.add(looks);
        readings.add(Reading.once("outcomes", "probes of the window, " + fabric, "", load.outcomes()));
        readings.add(new Reading("ways", "working out ways alone, by a core", "/s", waysAlone));
        readings.add(new Reading("ingest_core", "taken in and analysed, by a core", "/s", perCore));
        readings.add(new Reading("ingest_two", "taken in and analysed, on two cores by the clock", "/s", onTwo));
        readings.add(Reading.once("judge_first", "the first look, before anything is compiled", "ms", first));
    }
}
