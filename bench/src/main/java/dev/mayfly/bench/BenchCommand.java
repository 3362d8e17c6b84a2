package dev.mayfly.bench;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code mayfly bench}: measures and says what it found. A missed target is a finding, not a failure. */
public final class BenchCommand implements LongCommand {
    @Override
    public String name() {
        return "bench";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) throws InterruptedException {
        if (arguments.isEmpty() || arguments.contains("--help") || arguments.contains("-h")) {
            voice.result(BenchOptions.USAGE);
            return ExitCode.GREEN.number();
        }
        String benchmark = arguments.getFirst();
        if (benchmark.equals("env")) {
            return environments(surroundings, arguments.subList(1, arguments.size()), voice);
        }
        if (benchmark.equals("mesh")) {
            MeshOptions options = MeshOptions.parse(arguments.subList(1, arguments.size()));
            return tell("mesh", new MeshBench(options, voice).run(), options.json(), options.plot(), voice);
        }
        if (benchmark.equals("fleet")) {
            return fleet(surroundings, arguments.subList(1, arguments.size()), voice);
        }
        if (benchmark.equals("build")) {
            return build(surroundings, arguments.subList(1, arguments.size()), voice);
        }
        if (!List.of("exec", "start", "queue").contains(benchmark)) {
            throw BenchOptions.usage("there is no benchmark '" + benchmark + "'");
        }
        BenchOptions options = BenchOptions.parse(
                arguments.subList(1, arguments.size()),
                benchmark.equals("queue") ? BenchOptions.queue() : BenchOptions.standard());
        try (Scratch scratch = Scratch.make()) {
            Findings found = run(benchmark, options, scratch.path(), surroundings.environment(), voice);
            return tell(benchmark, found, options.json(), options.plot(), voice);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static int environments(Surroundings surroundings, List<String> words, Voice voice)
            throws InterruptedException {
        EnvOptions options = EnvOptions.parse(words);
        try (Scratch scratch =
                options.folder().isPresent() ? Scratch.in(options.folder().get()) : Scratch.make()) {
            Findings found = new EnvBench(options, scratch.path(), surroundings.environment(), voice).run();
            return tell("env", found, options.json(), options.plot(), voice);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static int fleet(Surroundings surroundings, List<String> words, Voice voice) throws InterruptedException {
        FleetOptions options = FleetOptions.parse(words);
        try (Scratch scratch =
                options.folder().isPresent() ? Scratch.in(options.folder().get()) : Scratch.make()) {
            Findings found = new FleetBench(options, scratch.path(), surroundings.environment(), voice).run();
            return tell("fleet", found, options.json(), options.plot(), voice);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static int build(Surroundings surroundings, List<String> words, Voice voice) throws InterruptedException {
        BuildOptions options = BuildOptions.parse(words);
        try (Scratch scratch =
                options.folder().isPresent() ? Scratch.in(options.folder().get()) : Scratch.make()) {
            Findings found = new BuildBench(options, scratch.path(), surroundings.environment(), voice).run();
            return tell("build", found, options.json(), options.plot(), voice);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static int tell(String benchmark, Findings found, boolean json, Optional<Path> plot, Voice voice) {
        try {
            if (plot.isPresent()) {
                write(plot.get().toAbsolutePath(), benchmark, found);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
        voice.result(json ? JsonWriter.pretty(found.json()) : found.text());
        return ExitCode.GREEN.number();
    }

    private static MayflyException unusable(IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "the benchmark cannot be run",
                String.valueOf(e.getMessage()),
                "make the folder for temporary files writable",
                e);
    }

    private static Findings run(
            String benchmark, BenchOptions options, Path scratch, Map<String, String> environment, Voice voice)
            throws IOException, InterruptedException {
        return switch (benchmark) {
            case "exec" -> new ExecBench(options, scratch, environment, voice).exec();
            case "start" -> new ExecBench(options, scratch, environment, voice).start();
            default -> new QueueBench(options, scratch, environment, voice).run();
        };
    }

    private static void write(Path file, String benchmark, Findings found) throws IOException {
        String title = "mayfly bench " + benchmark + ", " + found.machine().line();
        DurableFile.replace(file, Plot.svg(title, found.series()).getBytes(StandardCharsets.UTF_8));
    }
}
