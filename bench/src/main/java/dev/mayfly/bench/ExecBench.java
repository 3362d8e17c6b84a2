package dev.mayfly.bench;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.LocalClient;
import dev.mayfly.base.program.Voice;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.choose.Backends;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.choose.Preference;
import dev.mayfly.sandbox.net.HostSide;
import dev.mayfly.sandbox.net.MediatedNetworks;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An isolated run beside its references, from a bare process up to a cold command line. Whatever this machine lacks is
 * named in the report and the rest is measured all the same.
 */
final class ExecBench {
    private static final int BURST = 10;
    private static final Duration SLOT_WAIT = Duration.ofSeconds(30);
    private static final String ECHO = "echo hi";

    private final BenchOptions options;
    private final Path scratch;
    private final Map<String, String> environment;
    private final Voice voice;
    private final Machine machine = Machine.here();
    private final String loadBefore = Machine.load();
    private final List<NotRun> notRun = new ArrayList<>();
    private final List<Series> series = new ArrayList<>();

    ExecBench(BenchOptions options, Path scratch, Map<String, String> environment, Voice voice) {
        this.options = options;
        this.scratch = scratch;
        this.environment = new HashMap<>(environment);
        this.voice = voice;
        // What is started here is to behave as for a user who has nothing set.
        this.environment.keySet().removeIf(name -> name.startsWith("MAYFLY_") || name.startsWith("MAGICRUNE_"));
    }

    /** Everything. */
    Report exec() throws IOException, InterruptedException {
        Optional<Path> script = script();
        Optional<SustainedLoad> sustained = Optional.empty();
        Optional<KillTree> killTree = Optional.empty();
        Optional<Flood> flood = Optional.empty();
        Optional<Backend> ours = backend(Preference.NATIVE, "native");
        Optional<Backend> throughBwrap = backend(Preference.BWRAP, "bwrap");
        Optional<ServiceProcess> service = service(script);
        try {
            warm(ours, throughBwrap, service);
            if (service.isPresent()) {
                cold(script.orElseThrow(), service);
                if (options.floodMegabytes() > 0) {
                    voice.progress(options.floodMegabytes() + " MB of output");
                    flood = Optional.of(Flood.run(service.get(), scratch, options.floodMegabytes()));
                }
                voice.progress("sustained load for " + options.seconds() + " s");
                sustained =
                        Optional.of(SustainedLoad.run(service.get(), this::echo, options.clients(), options.seconds()));
            }
            if (ours.isPresent() && options.kills() > 0) {
                voice.progress("trees of " + options.daemons() + " daemons");
                killTree = Optional.of(KillTree.run(ours.get(), options.kills(), options.daemons()));
            }
        } finally {
            service.ifPresent(ServiceProcess::close);
            throughBwrap.ifPresent(Backend::close);
            ours.ifPresent(Backend::close);
        }
        return report("exec", sustained, killTree, flood);
    }

    /** Only cold starts. */
    Report start() throws IOException, InterruptedException {
        Optional<Path> script = script();
        if (script.isPresent()) {
            Optional<ServiceProcess> service = service(script);
            try {
                cold(script.get(), service);
            } finally {
                service.ifPresent(ServiceProcess::close);
            }
        }
        return report("start", Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Report report(
            String name, Optional<SustainedLoad> sustained, Optional<KillTree> killTree, Optional<Flood> flood) {
        return new Report(
                name,
                machine,
                loadBefore,
                Machine.load(),
                List.copyOf(series),
                sustained,
                killTree,
                flood,
                Targets.figures(series, sustained, killTree, flood),
                List.copyOf(notRun));
    }

    private void warm(Optional<Backend> ours, Optional<Backend> throughBwrap, Optional<ServiceProcess> service)
            throws IOException, InterruptedException {
        Optional<LocalClient> client = service.map(ServiceProcess::connect);
        try {
            List<Contender> contenders = new ArrayList<>(bare());
            bubblewrap().ifPresent(contenders::add);
            throughBwrap.ifPresent(backend ->
                    contenders.add(run("bwrap_backend", "true in our bwrap backend", backend, Boxes.command("true"))));
            ours.ifPresent(backend -> {
                contenders.add(run("mayfly_native", "true in our native backend", backend, Boxes.command("true")));
                contenders.add(run(
                        "mayfly_native_sh",
                        "sh -c 'echo hi' in our native backend",
                        backend,
                        Boxes.command("sh", "-c", ECHO)));
            });
            client.ifPresent(connection -> contenders.addAll(throughService(connection)));
            voice.progress("warming up for " + options.warmUpSeconds() + " s");
            if (service.isPresent()) {
                // Its share of the turns below would be too few for its compiler.
                SustainedLoad.run(service.get(), this::echo, options.clients(), options.warmUpSeconds());
            }
            Interleaved turns = new Interleaved(contenders, BURST);
            turns.warmUp(TimeUnit.SECONDS.toNanos(options.warmUpSeconds()));
            voice.progress(options.runs() + " runs of each of " + contenders.size() + " contenders");
            series.addAll(turns.measure(options.runs()));
        } finally {
            client.ifPresent(LocalClient::close);
        }
    }

    private static List<Contender> bare() {
        Path program = Files.isExecutable(Path.of("/bin/true")) ? Path.of("/bin/true") : Path.of("/usr/bin/true");
        Peer spawned = new Peer(List.of(program.toString()), List.of("PATH=/usr/bin:/bin"), List.of());
        return List.of(
                new Contender("bare", "true, bare (posix_spawn)", () -> spawned.run(0)),
                new Contender("bare_jdk", "true, bare (ProcessBuilder)", () -> processBuilder(program)));
    }

    private static void processBuilder(Path program) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program.toString())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            int code = builder.start().waitFor();
            if (code != 0) {
                throw new IllegalStateException(program + " ended with " + code);
            }
        } catch (IOException e) {
            throw new IllegalStateException(program + " cannot be started", e);
        }
    }

    private Optional<Contender> bubblewrap() {
        try {
            Peer bwrap = Bubblewrap.of(scratch, List.of("true"));
            String complaint = bwrap.complaint(scratch);
            if (complaint.isEmpty()) {
                return Optional.of(new Contender("bwrap", "true in bubblewrap (posix_spawn)", () -> bwrap.run(0)));
            }
            notRun.add(new NotRun("bubblewrap", complaint));
        } catch (IOException | MayflyException e) {
            notRun.add(new NotRun("bubblewrap", String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    private static Contender run(String id, String name, Backend backend, BoxSpec spec) {
        return new Contender(id, name, () -> {
            Execution execution = backend.run(spec);
            if (!execution.exit().equals(new Exit.Exited(0))) {
                throw new IllegalStateException(name + " ended with " + execution.exit() + ": "
                        + new String(execution.stderr().head(), StandardCharsets.UTF_8));
            }
        });
    }

    private void echo(LocalClient client) throws InterruptedException {
        ServiceProcess.exec(client, ServiceProcess.request(ECHO), JsonObject.of());
    }

    private static List<Contender> throughService(LocalClient client) {
        byte[] echo = ServiceProcess.request(ECHO);
        byte[] nothing = ServiceProcess.request("true");
        return List.of(
                new Contender("mayfly_status", "service: empty call", () -> ServiceProcess.askStatus(client)),
                new Contender(
                        "mayfly_service_true",
                        "service: exec sh -c 'true' to ledger row",
                        () -> ServiceProcess.exec(client, nothing, JsonObject.of())),
                new Contender(
                        "mayfly_service",
                        "service: exec sh -c 'echo hi' to ledger row",
                        () -> ServiceProcess.exec(client, echo, JsonObject.of())));
    }

    private void cold(Path script, Optional<ServiceProcess> service) throws IOException, InterruptedException {
        if (options.coldRuns() == 0) {
            return;
        }
        Path request = Files.write(scratch.resolve("request.json"), ServiceProcess.request(ECHO));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String program = script.toString();
        List<Contender> contenders = new ArrayList<>();
        contenders.add(cold("java", "java -version, bare", List.of(java, "-version")));
        contenders.add(cold(
                "java_minimal",
                "java -version, SerialGC and C1 only",
                List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-version")));
        contenders.add(cold("mayfly_version", "./mayfly --version, cold", List.of(program, "--version")));
        service.ifPresent(running -> {
            List<String> line = new ArrayList<>(List.of(program));
            line.addAll(running.homeWords());
            line.addAll(List.of("exec", "-f", request.toString()));
            contenders.add(cold("mayfly_cold_service", "./mayfly exec, cold, to a warm service", line));
        });
        contenders.add(cold(
                "mayfly_cold_alone",
                "./mayfly exec, cold, no service",
                List.of(program, "--home", scratch.resolve("alone").toString(), "exec", "-f", request.toString())));
        voice.progress(options.coldRuns() + " cold starts of each of " + contenders.size());
        Interleaved turns = new Interleaved(contenders, 1);
        turns.warmUp(1);
        series.addAll(turns.measure(options.coldRuns()));
    }

    private Contender cold(String id, String name, List<String> line) {
        Peer peer = new Peer(line, Peer.lines(environment), List.of());
        return new Contender(id, name, () -> peer.run(0));
    }

    private Optional<Path> script() {
        Optional<Path> script = Optional.ofNullable(System.getProperty("mayfly.script"))
                .map(Path::of)
                .filter(Files::isExecutable);
        if (script.isEmpty()) {
            notRun.add(new NotRun("service and cold starts", "this program was not started through ./mayfly"));
        }
        return script;
    }

    private Optional<ServiceProcess> service(Optional<Path> script) {
        if (script.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ServiceProcess.start(script.get(), scratch.resolve("service"), environment));
        } catch (IOException e) {
            notRun.add(new NotRun("service", String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private Optional<Backend> backend(Preference preference, String name) throws InterruptedException {
        HostSide hostSide = new HostSide();
        HostBackends backends = new HostBackends(
                LauncherBinary.locate(),
                scratch.resolve(name),
                1,
                SLOT_WAIT,
                MediatedNetworks.choose(hostSide, hostSide, hostSide),
                System.getProperty("os.name"));
        Backends.Choice choice = backends.choose(preference);
        if (choice.backend().name().equals(name)) {
            return Optional.of(choice.backend());
        }
        choice.backend().close();
        notRun.add(new NotRun(name + " backend", String.join("; ", choice.evidence())));
        return Optional.empty();
    }
}
