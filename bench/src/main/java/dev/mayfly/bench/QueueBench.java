package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.LocalClient;
import dev.mayfly.base.program.Voice;
import dev.mayfly.bench.nats.NatsProcess;
import dev.mayfly.bench.nats.NatsProgram;
import dev.mayfly.bench.nats.WireClient;
import dev.mayfly.queue.wire.OldId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A job through the queue to its durable result, on both engines side by side, and beside them what the disk and the
 * server can do.
 *
 * <p>Each engine has a real {@code mayfly up} with two slots. Jobs come as {@code mayfly submit --wait} sends them: over
 * the service's socket, from this process. Each is a command of its own, so that none is a duplicate.
 */
final class QueueBench {
    static final String EMBEDDED = "embedded";
    static final String NATS = "nats";
    static final String EXEC = "exec";
    private static final int BURST = 10;
    private static final String SLOTS = "2";
    private static final int RATE_SHARE = 5;

    private final BenchOptions options;
    private final Path scratch;
    private final Map<String, String> environment;
    private final Map<String, String> ours;
    private final Voice voice;
    private final Machine machine = Machine.here();
    private final String loadBefore = Machine.load();
    private final AtomicLong jobs = new AtomicLong();
    private final List<NotRun> notRun = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    QueueBench(BenchOptions options, Path scratch, Map<String, String> environment, Voice voice) {
        this.options = options;
        this.scratch = scratch;
        this.environment = Map.copyOf(environment);
        this.voice = voice;
        this.ours = new HashMap<>(environment);
        ours.keySet()
                .removeIf(name ->
                        name.startsWith("MAYFLY_") || name.startsWith("MAGICRUNE_") || name.startsWith("NATS_"));
        ours.put("MAYFLY_SLOTS", SLOTS);
    }

    /** One engine with its service. */
    private record Engine(String name, ServiceProcess service) {}

    QueueReport run() throws IOException, InterruptedException {
        List<QueueReport.Load> loads = new ArrayList<>();
        List<RawRate> rates = new ArrayList<>();
        List<Series> series = new ArrayList<>();
        try {
            RawDisk disk = keep(RawDisk.open(scratch.resolve("disk")));
            Optional<NatsProcess> server = server();
            Optional<NatsLimits> limits = server.isPresent()
                    ? Optional.of(keep(NatsLimits.connect(server.get().url())))
                    : Optional.empty();
            List<Engine> engines = engines(server);
            series.addAll(oneAtATime(engines, server, disk, limits));
            long millis = TimeUnit.SECONDS.toMillis(options.seconds()) / RATE_SHARE;
            voice.progress("what disk and server can do");
            rates.add(RawRate.measure(
                    RawDisk.COMMIT,
                    "disk: commits of the store, in groups",
                    Collections.nCopies(options.clients(), disk::commit),
                    millis));
            rates.add(RawRate.measure(RawDisk.SYNC, "disk: 4 kB and fdatasync", List.of(disk::sync), millis));
            if (limits.isPresent()) {
                rates.addAll(limits.get().rates(options.clients(), millis));
            }
            if (!engines.isEmpty()) {
                SustainedLoad plain = SustainedLoad.run(
                        engines.getFirst().service(), this::exec, options.clients(), options.seconds());
                rates.add(
                        new RawRate(EXEC, "no queue: the same jobs by exec", options.clients(), plain.jobsPerSecond()));
            }
            for (Engine engine : engines) {
                voice.progress(engine.name() + ": sustained load for " + options.seconds() + " s");
                loads.add(new QueueReport.Load(
                        engine.name(),
                        engine.name().equals(NATS) ? List.of(EXEC, NatsLimits.CYCLE) : List.of(EXEC, RawDisk.COMMIT),
                        SustainedLoad.run(engine.service(), this::job, options.clients(), options.seconds())));
            }
        } finally {
            close();
        }
        return new QueueReport(machine, loadBefore, Machine.load(), series, loads, rates, List.copyOf(notRun));
    }

    private List<Series> oneAtATime(
            List<Engine> engines, Optional<NatsProcess> server, RawDisk disk, Optional<NatsLimits> limits)
            throws IOException, InterruptedException {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new Contender(RawDisk.SYNC, "disk: 4 kB and fdatasync", disk::sync));
        contenders.add(new Contender(RawDisk.COMMIT, "disk: a commit of the store", disk::commit));
        limits.ifPresent(found -> contenders.addAll(found.contenders()));
        if (!engines.isEmpty()) {
            LocalClient client = keep(engines.getFirst().service().connect());
            contenders.add(new Contender(
                    "mayfly_exec", "no queue: exec 'echo hi' to its row in the ledger of runs", () -> exec(client)));
        }
        for (Engine engine : engines) {
            contenders.addAll(contenders(engine));
        }
        if (server.isPresent()
                && engines.stream().anyMatch(engine -> engine.name().equals(NATS))) {
            contenders.addAll(onTheWire(server.get()));
        }
        voice.progress("warming up for " + options.warmUpSeconds() + " s each");
        for (Engine engine : engines) {
            SustainedLoad.run(engine.service(), this::job, options.clients(), options.warmUpSeconds());
        }
        Interleaved turns = new Interleaved(contenders, BURST);
        turns.warmUp(TimeUnit.SECONDS.toNanos(options.warmUpSeconds()));
        voice.progress(options.runs() + " times each of " + contenders.size() + " contenders");
        return turns.measure(options.runs());
    }

    private List<Contender> contenders(Engine engine) throws InterruptedException {
        LocalClient client = keep(engine.service().connect());
        byte[] known = distinct();
        ServiceProcess.submit(client, known);
        String id = "mayfly_" + engine.name();
        return List.of(
                new Contender(id, engine.name() + ": submit 'echo hi' to durable result", () -> job(client)),
                new Contender(
                        id + "_again",
                        engine.name() + ": the same again, answered from the ledger",
                        () -> ServiceProcess.submit(client, known)));
    }

    private List<Contender> onTheWire(NatsProcess server) throws IOException, InterruptedException {
        WireClient client = keep(WireClient.connect(server.url()));
        byte[] known = distinct();
        ask(client, known);
        return List.of(
                new Contender(
                        "mayfly_nats_wire",
                        "nats: published by a plain client, to its answer",
                        () -> ask(client, distinct())),
                new Contender(
                        "mayfly_nats_wire_again",
                        "nats: the same message again, replayed by the worker",
                        () -> ask(client, known)));
    }

    private static void ask(WireClient client, byte[] request) throws InterruptedException {
        client.ask(request, OldId.of(request).value());
    }

    private void exec(LocalClient client) throws InterruptedException {
        ServiceProcess.exec(client, distinct(), JsonObject.of());
    }

    private void job(LocalClient client) throws InterruptedException {
        ServiceProcess.submit(client, distinct());
    }

    private byte[] distinct() {
        return ServiceProcess.request("echo hi " + jobs.incrementAndGet());
    }

    private Optional<NatsProcess> server() throws InterruptedException {
        Optional<Path> program = NatsProgram.find(environment, folders());
        if (program.isEmpty()) {
            notRun.add(new NotRun(
                    NATS,
                    "no nats-server was found by MAYFLY_NATS_SERVER, on the path or in .mayfly/tools; 2.10 or newer"));
            return Optional.empty();
        }
        try {
            return Optional.of(keep(NatsProcess.start(program.get(), scratch.resolve("server"))));
        } catch (IOException e) {
            notRun.add(new NotRun(NATS, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private static List<Path> folders() {
        List<Path> folders = new ArrayList<>(List.of(Path.of("")));
        script().map(Path::toAbsolutePath).map(Path::getParent).ifPresent(folders::add);
        return folders;
    }

    private static Optional<Path> script() {
        return Optional.ofNullable(System.getProperty("mayfly.script"))
                .map(Path::of)
                .filter(Files::isExecutable);
    }

    private List<Engine> engines(Optional<NatsProcess> server) throws IOException, InterruptedException {
        Optional<Path> script = script();
        if (script.isEmpty()) {
            notRun.add(new NotRun("both engines", "this program was not started through ./mayfly"));
            return List.of();
        }
        List<Engine> engines = new ArrayList<>();
        start(EMBEDDED, script.get(), EMBEDDED).ifPresent(engines::add);
        if (server.isPresent()) {
            start(NATS, script.get(), server.get().url()).ifPresent(engines::add);
            try (WireClient client = WireClient.connect(server.get().url())) {
                if (!client.findsQueue()) {
                    // Whatever it would show then, it were not the figures of this engine.
                    engines.removeIf(engine -> engine.name().equals(NATS));
                    notRun.add(new NotRun(NATS, "the service keeps no queue on the server that it was given"));
                }
            }
        }
        return engines;
    }

    private Optional<Engine> start(String name, Path script, String queue) {
        Map<String, String> variables = new HashMap<>(ours);
        variables.put("MAYFLY_QUEUE", queue);
        variables.put("MAYFLY_METRICS_LISTEN", "off");
        try {
            Path home = scratch.resolve(name).resolve("home");
            return Optional.of(new Engine(name, keep(ServiceProcess.start(script, home, variables))));
        } catch (IOException e) {
            notRun.add(new NotRun(name, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    /** The last one first: clients before services, those before the server. */
    private void close() throws IOException {
        for (AutoCloseable each : open.reversed()) {
            try {
                each.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
