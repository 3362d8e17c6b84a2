package dev.mayfly.bench;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.program.Voice;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.image.TemplateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The fleet: machines beside the hypervisor alone, everybody in turns, and a server with many hosts. Whatever this machine
 * lacks is named in the report and the rest is measured all the same.
 */
final class FleetBench {
    private static final String QEMU = "qemu-system-x86_64";
    private static final String TOOL = "qemu-img";

    private final FleetOptions options;
    private final Path scratch;
    private final Map<String, String> environment;
    private final Voice voice;
    private final List<Series> series = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private final List<NotRun> notRun = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private final List<String> what = new ArrayList<>();

    FleetBench(FleetOptions options, Path scratch, Map<String, String> environment, Voice voice) {
        this.options = options;
        this.scratch = scratch;
        this.environment = environment;
        this.voice = voice;
    }

    FleetReport run() throws IOException, InterruptedException {
        Machine machine = Machine.here();
        String before = Machine.load();
        if (options.measures(FleetOptions.MACHINES)) {
            machines();
        }
        if (options.measures(FleetOptions.CONTROL)) {
            control();
        }
        return new FleetReport(
                machine, before, Machine.load(), String.join("\n", what), series, readings, figures, notRun);
    }

    private void control() throws IOException, InterruptedException {
        Optional<Path> script = Optional.ofNullable(System.getProperty("mayfly.script"))
                .map(Path::of)
                .filter(Files::isExecutable);
        if (script.isEmpty()) {
            notRun.add(new NotRun("control", "this program was not started by its script"));
            return;
        }
        FleetControl control = new FleetControl(options.control(), scratch, script.get(), environment, voice);
        control.measure();
        what.add(control.what());
        series.addAll(control.series());
        readings.addAll(control.readings());
        figures.addAll(control.figures());
        notRun.addAll(control.notRun());
    }

    private void machines() throws IOException, InterruptedException {
        Optional<Path> program = program(QEMU);
        Optional<Path> tool = program(TOOL);
        if (program.isEmpty() || tool.isEmpty()) {
            notRun.add(new NotRun("machines", QEMU + " and " + TOOL + " must be on PATH"));
            return;
        }
        try {
            FleetMachines machines = new FleetMachines(options, scratch, template(), program.get(), tool.get(), voice);
            machines.measure();
            what.add(machines.what());
            series.addAll(machines.series());
            figures.addAll(machines.figures());
            notRun.addAll(machines.notRun());
        } catch (MayflyException e) {
            notRun.add(new NotRun("machines", e.what() + ": " + e.why()));
        }
    }

    private Template template() throws InterruptedException {
        if (options.template().isPresent()) {
            return Template.verified(options.template().get());
        }
        return new TemplateStore(scratch.resolve("t")).build("small", voice::progress);
    }

    private Optional<Path> program(String name) {
        return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
