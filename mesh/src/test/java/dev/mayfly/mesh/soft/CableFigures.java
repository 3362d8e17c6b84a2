package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.probe.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/** Measures the three parts of a probe over a veth cable, with as many busy threads: {@code PROBES BUSY OUTPUT}. */
final class CableFigures {
    private CableFigures() {}

    public static void main(String[] args) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            busy.add(Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            }));
        }
        StringBuilder out = new StringBuilder();
        try (VethPair pair = VethPair.make()) {
            CableRun run = new CableRun(pair);
            run.probe(VethPair.A4, VethPair.B4, 500);
            Window window = run.probe(VethPair.A4, VethPair.B4, Integer.parseInt(args[0]));
            for (Verdict verdict : Verdict.values()) {
                out.append(verdict.word())
                        .append(' ')
                        .append(window.count(verdict))
                        .append("  ");
            }
            out.append('\n');
            line(out, "network", window.network());
            line(out, "responder", window.responder());
            line(out, "prober", window.prober());
        } finally {
            over.set(true);
            for (Thread thread : busy) {
                thread.join();
            }
        }
        Files.writeString(Path.of(args[2]), out);
    }

    private static void line(StringBuilder out, String what, Sketch sketch) {
        out.append(String.format(
                Locale.ROOT,
                "%-9s p50 %,11d ns  p99 %,11d ns  p99.9 %,11d ns  most %,13d ns%n",
                what,
                sketch.quantile(0.5),
                sketch.quantile(0.99),
                sketch.quantile(0.999),
                sketch.most()));
    }
}
