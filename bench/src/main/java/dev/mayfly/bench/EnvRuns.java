package dev.mayfly.bench;

import dev.mayfly.bench.env.OpenRuntime;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.runtime.Runtimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What it takes to run a command in an environment, beside running it in none. */
final class EnvRuns {
    private static final String TRUE = "/bin/true";
    private static final String JAVA_VERSION = "-version";
    private static final int COLD_SHARE = 5;

    private final EnvStage stage;

    EnvRuns(EnvStage stage) {
        this.stage = stage;
    }

    void measure() throws IOException, InterruptedException {
        stage.voice.progress("runs");
        List<String> lines = Peer.lines(stage.environment);
        Peer bare = new Peer(List.of(TRUE), lines, List.of());
        Runtimes runtimes = OpenRuntime.at(stage.home);
        Path target = OpenRuntime.target(stage.home);
        try (ViewMount view = stage.farm.mounts().mounted(stage.view(), stage.farm.contents())) {
            Turns warm = new Turns();
            warm.add("bare", "true, bare (posix_spawn)", () -> bare.run(0));
            warm.add(
                    "mayfly_run_warm",
                    "true in an environment, by a program that runs already",
                    () -> OpenRuntime.once(runtimes, view.path(), target, TRUE));
            stage.times.addAll(warm.measure(stage.options.runs()));
        }
        stage.notRun.add(new NotRun("env run through the service", "this benchmark starts no service"));
        cold(bare, lines, target);
    }

    private void cold(Peer bare, List<String> lines, Path target) throws IOException, InterruptedException {
        Optional<Path> script = Optional.ofNullable(System.getProperty("mayfly.script"))
                .map(Path::of)
                .filter(Files::isExecutable);
        if (script.isEmpty()) {
            stage.notRun.add(new NotRun("env run, cold", "this program was not started through ./mayfly"));
            return;
        }
        List<String> run = new ArrayList<>(List.of(script.get().toString(), "--home", stage.home.toString()));
        run.addAll(List.of("env", "run", "--at", target.toString(), stage.layer.toString(), "--", TRUE));
        Peer ours = new Peer(run, lines, List.of());
        String complaint = ours.complaint(stage.folder);
        if (!complaint.isEmpty()) {
            stage.notRun.add(new NotRun("env run, cold", complaint));
            return;
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Peer version = new Peer(List.of(java, JAVA_VERSION), lines, List.of());
        Turns cold = new Turns();
        cold.add("bare_cold", "true, bare, between cold starts", () -> bare.run(0));
        cold.add("java", "java -version, bare", () -> version.run(0));
        cold.add("mayfly_run_cold", "./mayfly env run, cold, image cached", () -> ours.run(0));
        stage.times.addAll(cold.measure(Math.max(2, stage.options.runs() / COLD_SHARE)));
    }
}
