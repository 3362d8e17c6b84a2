package dev.mayfly.bench;

import dev.mayfly.base.program.Voice;
import dev.mayfly.bench.BuildRun.Took;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A real build with real tools: compiler, JDK and Maven are committed as layers, and a project is built with them in {@code
 * mayfly env run} and with those of the machine outside, in turns. Everything is started as a user would start it.
 */
final class BuildBench {
    private static final long SEED = 1;
    private static final String ENVIRONMENT = "toolchain/cc+toolchain/jdk+toolchain/maven";
    private static final Set<String> NOT_COPIED = Set.of(".git", ".mayfly", "target");

    /** Both ways to build, by their ids. */
    private enum Way {
        NATIVE("native", "with the tools of the machine"),
        ENVIRONMENT("mayfly_env", "the same in mayfly env run");

        private final String id;
        private final String title;

        Way(String id, String title) {
            this.id = id;
            this.title = title;
        }
    }

    private final BuildOptions options;
    private final Voice voice;
    private final Map<String, String> environment;
    private final BuildRun run;
    private final Path home;
    private final Path target;
    private final Path project;
    private final Machine machine = Machine.here();
    private final String loadBefore = Machine.load();
    private final List<NotRun> notRun = new ArrayList<>();

    BuildBench(BuildOptions options, Path scratch, Map<String, String> environment, Voice voice) {
        this.options = options;
        this.voice = voice;
        this.environment = new HashMap<>(environment);
        // What is started here is to behave as for a user who has nothing set.
        this.environment.keySet().removeIf(name -> name.startsWith("MAYFLY_") || name.startsWith("SPFS_"));
        this.run = new BuildRun(scratch);
        this.home = scratch.resolve("home");
        this.target = scratch.resolve("at");
        this.project = scratch.resolve("project");
        Path java = Path.of(System.getProperty("java.home"));
        this.environment.put("JAVA_HOME", java.toString());
        this.environment.put(
                "PATH", java.resolve("bin") + ":" + environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"));
        this.environment.put("MAYFLY_HOME", home.toString());
        this.environment.put("MAYFLY_ENV_AT", target.toString());
    }

    BuildReport run() throws IOException, InterruptedException {
        Optional<Path> script = program();
        Optional<Path> toolchain = Optional.ofNullable(System.getProperty("mayfly.dist"))
                .map(dist -> Path.of(dist, "samples", "env", "toolchain"))
                .filter(Files::isExecutable);
        Optional<Path> source = options.project()
                .or(() -> script.map(Path::getParent))
                .filter(folder -> Files.exists(folder.resolve("pom.xml")));
        if (script.isEmpty() || toolchain.isEmpty()) {
            return nothing("the program was not started through ./mayfly");
        }
        if (source.isEmpty()) {
            return nothing("there is no pom.xml; --project names the folder of one");
        }
        try {
            return measured(script.get(), toolchain.get(), source.get());
        } finally {
            if (Files.isDirectory(home)) {
                said(List.of(script.get().toString(), "env", "runtime", "prune"));
            }
        }
    }

    private static Optional<Path> program() {
        return Optional.ofNullable(System.getProperty("mayfly.script"))
                .map(Path::of)
                .filter(Files::isExecutable);
    }

    private BuildReport measured(Path script, Path toolchain, Path source) throws IOException, InterruptedException {
        String mayfly = script.toString();
        Files.createDirectories(target);
        Files.createDirectories(home);
        voice.progress("committing compiler, JDK and Maven as layers");
        try {
            run.said(List.of(mayfly, "env", "init"), environment);
            long start = System.nanoTime();
            run.said(List.of(toolchain.toString(), mayfly), environment);
            double seconds = (System.nanoTime() - start) / 1e9;
            copy(source.toRealPath());
            List<String> inside = List.of(mayfly, "env", "run", ENVIRONMENT, "--");
            tools(inside);
            List<Series> series = new ArrayList<>();
            List<Reading> readings = new ArrayList<>();
            readings.add(Reading.once("layers", "files gathered and committed as three layers", "s", seconds));
            turns(inside, series, readings);
            return report(source + ", " + String.join(" ", maven().subList(1, maven().size())), series, readings);
        } catch (IOException e) {
            return nothing(Optional.ofNullable(e.getMessage()).orElse(e.toString()));
        }
    }

    /** Whether what runs in the environment is what is in it. */
    private void tools(List<String> inside) throws IOException, InterruptedException {
        List<String> look = new ArrayList<>(inside);
        look.addAll(List.of("sh", "-c", "for each in cc javac mvn; do command -v $each; done"));
        String found = run.said(look, environment);
        if (!found.lines().allMatch(line -> Path.of(line).startsWith(target))) {
            throw new IOException("tools of the machine are found before those of the environment: " + found);
        }
    }

    private List<String> maven() {
        List<String> command =
                new ArrayList<>(List.of("mvn", "-o", "-q", "-B", "-DskipTests", "-Dspotless.check.skip=true"));
        if (!options.modules().isEmpty()) {
            command.addAll(List.of("-pl", options.modules(), "-am"));
        }
        command.addAll(List.of("-f", project.resolve("pom.xml").toString(), "package"));
        return command;
    }

    private void turns(List<String> inside, List<Series> series, List<Reading> readings)
            throws IOException, InterruptedException {
        Map<Way, List<Took>> all = new HashMap<>();
        List<Way> order = new ArrayList<>(List.of(Way.values()));
        Random random = new Random(SEED);
        for (int i = 0; i <= options.rounds(); i++) {
            voice.progress("builds, round " + i + " of " + options.rounds());
            Collections.shuffle(order, random);
            for (Way way : order) {
                removeBuilt();
                Took took = run.timed(way == Way.NATIVE ? List.of() : inside, maven(), environment);
                if (i > 0) {
                    all.computeIfAbsent(way, _ -> new ArrayList<>()).add(took);
                }
            }
        }
        for (Way way : Way.values()) {
            List<Took> times = all.getOrDefault(way, List.of());
            Series drawn = new Series(way.id, way.title);
            times.forEach(each -> drawn.record(Math.round(each.seconds() * 1e9)));
            series.add(drawn);
            readings.add(new Reading(
                    way.id, way.title, "s", times.stream().map(Took::seconds).toList()));
            readings.add(new Reading(
                    way.id + "_processor",
                    "  processor time of the build",
                    "s",
                    times.stream().map(Took::processorSeconds).toList()));
        }
        ratios(all.getOrDefault(Way.ENVIRONMENT, List.of()), all.getOrDefault(Way.NATIVE, List.of()), readings);
    }

    /** Of each round, since both have had the same disturbances in it. */
    private static void ratios(List<Took> ours, List<Took> natives, List<Reading> readings) {
        List<Double> clock = new ArrayList<>();
        List<Double> processor = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            clock.add(ours.get(i).seconds() / natives.get(i).seconds());
            processor.add(ours.get(i).processorSeconds() / natives.get(i).processorSeconds());
        }
        readings.add(new Reading("ratio", "in the environment to outside, by the clock", "x", clock));
        readings.add(new Reading("ratio_processor", "likewise, processor time of the build", "x", processor));
    }

    /** Each build begins with nothing; there may be modules in modules. */
    private void removeBuilt() throws IOException {
        List<Path> built;
        try (Stream<Path> all = Files.walk(project)) {
            built = all.filter(each -> each.endsWith("target") && Files.exists(each.resolveSibling("pom.xml")))
                    .toList();
        }
        for (Path each : built) {
            Trees.remove(each);
        }
    }

    /** Without what was built there, and away from whoever works there. */
    private void copy(Path source) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (!folder.equals(source) && NOT_COPIED.contains(String.valueOf(folder.getFileName()))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(project.resolve(source.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                // In a linked checkout this is a file.
                if (!NOT_COPIED.contains(String.valueOf(file.getFileName()))) {
                    Files.copy(
                            file,
                            project.resolve(source.relativize(file)),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void said(List<String> command) throws InterruptedException {
        try {
            run.said(command, environment);
        } catch (IOException e) {
            voice.progress("could not be cleared away: " + e.getMessage());
        }
    }

    private BuildReport nothing(String why) {
        notRun.add(new NotRun("build", why));
        return report("nothing", List.of(), List.of());
    }

    private BuildReport report(String what, List<Series> series, List<Reading> readings) {
        return new BuildReport(machine, loadBefore, Machine.load(), what, series, readings, notRun);
    }
}
