package dev.mayfly.bench;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.program.Voice;
import dev.mayfly.bench.env.FrontEnd;
import dev.mayfly.bench.env.FrontEnds;
import dev.mayfly.bench.env.LiveViews;
import dev.mayfly.bench.env.RouterLoad;
import dev.mayfly.env.erofs.ErofsProbe;
import dev.mayfly.env.object.Digest;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Environments beside native files, overlayfs and the usual tools: one tree, one run, everybody in turns. Whatever this
 * machine lacks is named in the report and the rest is measured all the same.
 */
final class EnvBench {
    private static final int LAYER_FILES = 100;
    private static final int VIEWS_PER_STACK = 50;
    private static final long SEED = 1;

    private final EnvOptions options;
    private final Path scratch;
    private final Map<String, String> environment;
    private final Voice voice;
    private final Machine machine = Machine.here();
    private final String loadBefore = Machine.load();

    EnvBench(EnvOptions options, Path scratch, Map<String, String> environment, Voice voice) {
        this.options = options;
        this.scratch = scratch;
        this.environment = new HashMap<>(environment);
        this.voice = voice;
        // What is started here is to behave as for a user who has nothing set.
        this.environment.keySet().removeIf(name -> name.startsWith("MAYFLY_") || name.startsWith("SPFS_"));
    }

    EnvReport run() throws IOException, InterruptedException {
        try (EnvStage stage = EnvStage.set(options, voice, environment, scratch)) {
            named(stage);
            Capability erofs = ErofsProbe.examine(scratch);
            if (erofs.state() == CapabilityState.ACTIVE) {
                mounted(stage);
            } else {
                stage.notRun.add(new NotRun("everything that is mounted", erofs.evidence()));
            }
            if (options.measures(EnvOptions.ROUTER)) {
                router(stage);
            }
            return new EnvReport(
                    machine,
                    loadBefore,
                    Machine.load(),
                    stage.facts(),
                    stage.times,
                    stage.calls,
                    stage.readings,
                    stage.notRun);
        }
    }

    /** Others that people would look for here. */
    private static void named(EnvStage stage) {
        stage.notRun.add(new NotRun("jfuse", "this benchmark does not mount with it"));
        boolean there = Stream.of(stage.environment.getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mkcomposefs")));
        stage.notRun.add(new NotRun(
                "composefs",
                there ? "mkcomposefs is there, and nothing here calls it yet" : "mkcomposefs is not installed"));
    }

    private void mounted(EnvStage stage) throws IOException, InterruptedException {
        if (options.measures(EnvOptions.MOUNT) || options.measures(EnvOptions.CALLS)) {
            FrontEnds ways = new FrontEnds(stage.farm, stage.view(), scratch);
            voice.progress("rendering");
            try (FrontEnd rendered = ways.rendered()) {
                if (options.measures(EnvOptions.MOUNT)) {
                    new EnvMounts(stage).measure(rendered, ways);
                    new EnvRuns(stage).measure();
                }
                if (options.measures(EnvOptions.CALLS)) {
                    new EnvCalls(stage).measure(rendered, ways);
                }
            }
        }
        if (options.measures(EnvOptions.COMMIT)) {
            new EnvCommits(stage).measure();
        }
        if (options.measures(EnvOptions.VIEWS) && options.views() > 0) {
            views(stage);
        }
    }

    private void router(EnvStage stage) {
        voice.progress(options.events() + " events of the router");
        RouterLoad.Result result = RouterLoad.run(options.events(), SEED);
        stage.readings.add(Reading.once(
                "router_hit_share",
                "router: hits of " + result.asked() + " questions, " + RouterLoad.QUESTIONS_PER_PROCESS + " a process",
                "%",
                100 * result.hitShare()));
        stage.readings.add(Reading.once("router_nanos", "router: a hit", "ns", result.nanosPerHit()));
        stage.readings.add(Reading.once(
                "router_wrong",
                "router: wrong answers in " + result.events() + " forks, ends and questions",
                "",
                (double) result.wrong()));
    }

    private void views(EnvStage stage) throws IOException, InterruptedException {
        int stacks = Math.max(1, options.views() / VIEWS_PER_STACK);
        List<List<Digest>> all = new ArrayList<>();
        for (int i = 0; i < stacks; i++) {
            all.add(List.of(stage.layer, stage.another(LAYER_FILES)));
        }
        for (LiveViews.Kind kind : LiveViews.Kind.values()) {
            boolean isErofs = kind == LiveViews.Kind.EROFS;
            String name = (isErofs ? "A: " : "B: ") + options.views() + " live views of " + stacks + " stacks";
            voice.progress(name);
            try {
                LiveViews.Memory memory = LiveViews.measure(kind, stage.farm.folder(), scratch, all, options.views());
                String id = isErofs ? "mayfly_erofs" : "mayfly_fuse";
                stage.readings.add(Reading.once("live_" + id, name + ": all processes", "MB", memory.megabytes()));
                stage.readings.add(
                        Reading.once("live_program_" + id, name + ": the program", "MB", memory.programMegabytes()));
                stage.readings.add(Reading.once(
                        "live_each_" + id, name + ": processes of each view", "kB", memory.kilobytesPerView()));
            } catch (IOException | MayflyException e) {
                stage.notRun.add(
                        new NotRun(name, Optional.ofNullable(e.getMessage()).orElse(e.toString())));
            }
        }
    }
}
