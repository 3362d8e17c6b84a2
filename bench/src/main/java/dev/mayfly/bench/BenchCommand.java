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

/** {@code mayfly bench}: measures and says what it found. A missed target is a finding, not a failure. */
public final class BenchCommand implements LongCommand {
    @Override
    public String name() {
        return "bench";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) throws InterruptedException {
        if (arguments.isEmpty()) {
            voice.result(BenchOptions.USAGE);
            return ExitCode.GREEN.number();
        }
        String benchmark = arguments.getFirst();
        if (!List.of("exec", "start").contains(benchmark)) {
            throw BenchOptions.usage("there is no benchmark '" + benchmark + "'");
        }
        BenchOptions options = BenchOptions.parse(arguments.subList(1, arguments.size()));
        try (Scratch scratch = Scratch.make()) {
            ExecBench bench = new ExecBench(options, scratch.path(), surroundings.environment(), voice);
            Report report = benchmark.equals("exec") ? bench.exec() : bench.start();
            if (options.plot().isPresent()) {
                write(options.plot().get().toAbsolutePath(), report);
            }
            voice.result(options.json() ? JsonWriter.pretty(report.json()) : report.text());
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "the benchmark cannot be run",
                    String.valueOf(e.getMessage()),
                    "make the folder for temporary files writable",
                    e);
        }
        return ExitCode.GREEN.number();
    }

    private static void write(Path file, Report report) throws IOException {
        String title =
                "mayfly bench " + report.benchmark() + ", " + report.machine().line();
        DurableFile.replace(file, Plot.svg(title, report.series()).getBytes(StandardCharsets.UTF_8));
    }
}
