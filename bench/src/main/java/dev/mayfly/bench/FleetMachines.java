package dev.mayfly.bench;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.Voice;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.bench.fleet.RawQemu;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.qemu.Accelerator;
import dev.mayfly.fleet.backend.qemu.QemuBackend;
import dev.mayfly.fleet.backend.qemu.QemuSettings;
import dev.mayfly.fleet.image.DiskClone;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.protocol.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;

/** Machines of one host, without server: clone, boot, restore, hand over, destroy, beside the hypervisor alone. */
final class FleetMachines {
    private static final ResourceType SIZE = ResourceType.NANO;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final FleetOptions options;
    private final Path scratch;
    private final Template template;
    private final Path program;
    private final Path tool;
    private final Voice voice;
    private final Accelerator accelerator = Accelerator.here(Path.of("/"));

    private final Series rawOverlay = new Series("raw_overlay", "disk: qemu-img create, an overlay");
    private final Series clone = new Series("clone", "disk: our clone");
    private final Series rawBoot = new Series("raw_boot", "QEMU alone: boot until the guest answers a word");
    private final Series boot = new Series("boot", "ours: boot until logged in (clone to command run)");
    private final Series rawRestore = new Series("raw_restore", "QEMU alone: restore until the guest answers a word");
    private final Series restore = new Series("restore", "ours: restore until logged in (clone to command run)");
    private final Series started = new Series("restore_start", "  of it: hypervisor started, state loaded");
    private final Series identified = new Series("restore_identity", "  of it: identity, keys, SSH server");
    private final Series loggedIn = new Series("restore_login", "  of it: first login and command");
    private final Series handOver = new Series("hand_over", "ours: a machine that stood ready, handed over");
    private final Series destroy = new Series("destroy", "ours: destroyed, nothing left");
    private final Series together;
    private final List<NotRun> notRun = new ArrayList<>();
    private String way = "";
    private long number;

    FleetMachines(FleetOptions options, Path scratch, Template template, Path program, Path tool, Voice voice) {
        this.options = options;
        this.scratch = scratch;
        this.template = template;
        this.program = program;
        this.tool = tool;
        this.voice = voice;
        this.together = new Series("at_once", "ours: each of " + options.atOnce() + " restored at once");
    }

    String what() {
        return "machines: 1 processor, " + options.memory() + " MiB, " + accelerator.word() + ", template "
                + template.name() + ", disk cloned by " + way;
    }

    List<Series> series() {
        return List.of(
                        rawOverlay,
                        clone,
                        rawBoot,
                        boot,
                        rawRestore,
                        restore,
                        started,
                        identified,
                        loggedIn,
                        handOver,
                        together,
                        destroy)
                .stream()
                .filter(each -> each.count() > 0)
                .toList();
    }

    List<NotRun> notRun() {
        return notRun;
    }

    List<Figure> figures() {
        boolean reflink = way.equals(DiskClone.Way.REFLINK.name());
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.atMost("clone_p99", "clone, P99", clone.millis(99), "ms", reflink ? 1 : 5));
        figures.add(Figure.atMost("restore_p50", "restored and logged in, P50", restore.p50(), "ms", 600));
        figures.add(Figure.atMost("restore_p95", "restored and logged in, P95", restore.millis(95), "ms", 1200));
        figures.add(Figure.atLeast(
                "restore_gain", "restored rather than booted, P50", boot.p50() / restore.p50(), "times", 3.5));
        figures.add(Figure.atMost("hand_over_p99", "handed over, P99", handOver.millis(99), "ms", 25));
        return figures;
    }

    void measure() throws IOException, InterruptedException {
        clones();
        Path runners = scratch.resolve("r");
        long memory = (long) options.memory() << 20;
        try (QemuBackend cold = backend(runners, scratch.resolve("n"), memory);
                QemuBackend warm = backend(runners, scratch.resolve("w"), memory)) {
            try {
                boots(cold);
                voice.progress("saving a machine");
                warm.warm(SIZE, PATIENCE);
                restores(warm);
                handOvers(warm);
                atOnce(warm);
            } finally {
                warm.dismiss();
                warm.survey().forEach(warm::destroy);
            }
        }
    }

    private QemuBackend backend(Path runners, Path warm, long memory) {
        return new QemuBackend(new QemuSettings(program, template, runners, warm, memory), Ticker.system(), Log.off());
    }

    private void clones() throws IOException, InterruptedException {
        voice.progress("cloning disks");
        RawQemu raw = raw("c");
        Path folder = Files.createDirectory(scratch.resolve("d"));
        for (int i = 0; i < options.clones(); i++) {
            Path place = Files.createDirectory(folder.resolve(Integer.toString(i)));
            DiskClone made = DiskClone.of(template.disk(), place, SIZE.diskBytes(), true, Ticker.system());
            clone.record(made.took().toNanos());
            way = made.way().name();
            Files.delete(made.file());
            if (i % 10 == 0) {
                rawOverlay.record(raw.overlayTime());
            }
        }
    }

    private RawQemu raw(String name) throws IOException {
        return new RawQemu(
                program,
                tool,
                template,
                accelerator.word(),
                options.memory(),
                Files.createDirectory(scratch.resolve(name)));
    }

    private void boots(QemuBackend cold) throws IOException, InterruptedException {
        RawQemu raw = raw("b");
        for (int i = 1; i <= options.cold(); i++) {
            voice.progress("boot " + i + " of " + options.cold());
            rawBoot.record(raw.boot());
            boot.record(make(cold).total());
        }
    }

    private void restores(QemuBackend warm) throws InterruptedException, IOException {
        Optional<RawQemu> raw = savedRaw();
        make(warm); // The first one reads what is then in memory.
        for (int i = 1; i <= options.runs(); i++) {
            voice.progress("restore " + i + " of " + options.runs());
            if (raw.isPresent()) {
                rawRestore.record(raw.get().restore());
            }
            Made made = make(warm);
            restore.record(made.total());
            started.record(made.times().started().toNanos());
            identified.record(made.times().identified().toNanos());
            loggedIn.record(made.times().loggedIn().toNanos());
            destroy.record(made.destroyed());
        }
    }

    private Optional<RawQemu> savedRaw() throws InterruptedException {
        try {
            RawQemu raw = raw("s");
            raw.save();
            raw.restore();
            return Optional.of(raw);
        } catch (IOException e) {
            notRun.add(new NotRun("QEMU alone: restore", String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private void handOvers(QemuBackend warm) throws InterruptedException {
        for (int i = 1; i <= options.runs(); i++) {
            voice.progress("hand-over " + i + " of " + options.runs());
            warm.prepare(SIZE, PATIENCE);
            Plan plan = plan(number++);
            long begun = System.nanoTime();
            boolean taken = warm.take(plan).isPresent();
            long took = System.nanoTime() - begun;
            if (!taken) {
                notRun.add(new NotRun("hand-over " + i, "the machine that stood ready was of no use"));
                return;
            }
            handOver.record(took);
            warm.destroy(plan.attempt());
        }
    }

    private void atOnce(QemuBackend warm) {
        voice.progress(options.atOnce() + " restores at once");
        List<CompletableFuture<Made>> all = LongStream.range(0, options.atOnce())
                .mapToObj(_ -> plan(number++))
                .map(plan -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return make(warm, plan);
                            } catch (InterruptedException e) {
                                throw new CompletionException(e);
                            }
                        },
                        Thread::startVirtualThread))
                .toList();
        try {
            all.forEach(each -> together.record(each.join().total()));
        } catch (CompletionException e) {
            notRun.add(new NotRun("restores at once", String.valueOf(e.getMessage())));
        }
    }

    /** @param total nanoseconds from nothing to the end of a command in the guest */
    private record Made(long total, StartTimes times, long destroyed) {}

    private Made make(QemuBackend backend) throws InterruptedException {
        return make(backend, plan(number++));
    }

    private Made make(QemuBackend backend, Plan plan) throws InterruptedException {
        long begun = System.nanoTime();
        backend.make(plan);
        backend.awaitReady(plan.attempt(), PATIENCE);
        long total = System.nanoTime() - begun;
        StartTimes times = backend.times(plan.attempt()).orElseThrow();
        long ending = System.nanoTime();
        backend.destroy(plan.attempt());
        return new Made(total, times, System.nanoTime() - ending);
    }

    private static Plan plan(long number) {
        return new Plan(
                new Attempt(new RunnerId("bench"), new Fence(number + 1)),
                new RunnerName("bench-" + number),
                SIZE,
                new Identity(
                        new MachineIdentifier(String.format("%032x", number + 1)), MacAddress.of((number + 1) << 8)));
    }
}
