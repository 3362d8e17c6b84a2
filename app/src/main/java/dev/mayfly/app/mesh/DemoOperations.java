package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.control.Registry;
import dev.mayfly.mesh.demo.ClosPlan;
import dev.mayfly.mesh.demo.Demo;
import dev.mayfly.mesh.demo.DemoOptions;
import dev.mayfly.mesh.demo.FaultKind;
import dev.mayfly.mesh.demo.Trial;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code mayfly mesh demo}: a fabric of namespaces, faults in it, and what is said of them. */
final class DemoOperations {
    private static final int PER_CENT = 100;
    /** Probes a second; each is three frames, and all hosts and switches share the processors of one machine. */
    private static final double TOR_MESH_OF_ALL = 2000;

    private static final List<FaultKind> USUAL = List.of(FaultKind.DEAD, FaultKind.DROP, FaultKind.BUSY);

    private DemoOperations() {}

    static int demo(HandedWords words, MeshSession session) throws InterruptedException {
        DemoOptions options = options(words);
        boolean json = words.on("--json");
        Path folder = folder();
        try (SqliteStore store = SqliteStore.open(
                        folder.resolve("mesh.db"),
                        Registry.SCHEMA,
                        SqliteOptions.DEFAULT,
                        Clock.systemUTC(),
                        Log.off());
                Demo demo = Demo.start(
                        options,
                        new Demo.Parts(
                                new Registry(store),
                                List.of(System.getProperty("mayfly.script", "mayfly"), "mesh", "agent"),
                                Ticker.system(),
                                Clock.systemUTC(),
                                Log.off(),
                                line -> say(line, json, session)))) {
            List<Trial> trials = demo.run();
            if (json) {
                session.voice().result(JsonWriter.pretty(json(trials)));
            } else {
                long right = trials.stream().filter(Trial::right).count();
                session.voice().result(right + " of " + trials.size() + " faults were found where they were");
            }
            boolean all = trials.stream().allMatch(Trial::right);
            return (all ? ExitCode.GREEN : ExitCode.RED).number();
        } finally {
            delete(folder);
        }
    }

    private static void say(String line, boolean json, MeshSession session) {
        if (json) {
            session.voice().progress(line);
        } else {
            session.voice().result(line);
        }
    }

    private static DemoOptions options(HandedWords words) {
        List<FaultKind> faults = words.text("--faults")
                .map(text -> Arrays.stream(text.split(",", -1))
                        .map(DemoOperations::fault)
                        .toList())
                .orElse(USUAL);
        List<FaultKind> all = new ArrayList<>();
        for (long i = words.number("--rounds", 1, 10_000, 1); i > 0; i--) {
            all.addAll(faults);
        }
        ClosPlan plan = new ClosPlan(
                (int) words.number("--spines", 1, 64, 2),
                (int) words.number("--leaves", 2, 64, 3),
                (int) words.number("--hosts", 1, 64, 3),
                words.on("--ipv6") ? IpAddress.Family.IPV6 : IpAddress.Family.IPV4);
        return new DemoOptions(
                plan,
                all,
                words.number("--loss", 1, PER_CENT, 60) / (double) PER_CENT,
                words.number("--seed", 0, Long.MAX_VALUE, 1),
                words.text("--tor-mesh-rate").isPresent()
                        ? words.number("--tor-mesh-rate", 1, 1000, 10)
                        : torMesh(plan),
                words.number("--inter-tor-rate", 1, 1000, 1),
                Duration.ofSeconds(words.number("--patience", 1, 3600, 30)));
    }

    /** Ten as everywhere, but no more than this machine can send and forward for all hosts at once. */
    private static double torMesh(ClosPlan plan) {
        int pairs = plan.leaves() * plan.hosts() * Math.max(1, plan.hosts() - 1);
        return Math.min(10, TOR_MESH_OF_ALL / pairs);
    }

    private static FaultKind fault(String word) {
        return FaultKind.of(word)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "there is no fault '" + word + "'",
                        "known are "
                                + Arrays.stream(FaultKind.values())
                                        .map(FaultKind::word)
                                        .collect(Collectors.joining(", ")),
                        "for example: --faults dead-link,corrupt"));
    }

    private static JsonObject json(List<Trial> trials) {
        List<JsonObject> rows = trials.stream().map(DemoOperations::row).toList();
        return JsonObject.of()
                .with("right", trials.stream().filter(Trial::right).count())
                .with("trials", new JsonArray(List.copyOf(rows)));
    }

    private static JsonObject row(Trial trial) {
        JsonObject row = JsonObject.of()
                .with("done", trial.kind().word())
                .with("component", trial.component())
                .with("fault", trial.fault())
                .with("right", trial.right())
                .with("found", trial.found().orElse(""))
                .with("found_fault", trial.foundFault().orElse(""))
                .with("why", trial.why())
                .with(
                        "others",
                        new JsonArray(List.copyOf(
                                trial.others().stream().map(JsonString::new).toList())))
                .with("over", trial.over());
        row = seconds(row, "suspected_seconds", trial.suspectedSeconds());
        return seconds(row, "located_seconds", trial.locatedSeconds());
    }

    private static JsonObject seconds(JsonObject row, String name, Optional<Double> value) {
        return value.map(each ->
                        row.with(name, new JsonNumber(BigDecimal.valueOf(each).setScale(3, RoundingMode.HALF_UP))))
                .orElse(row);
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("mayfly-mesh-demo");
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static MayflyException unusable(IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "cannot make a folder for the demonstration",
                String.valueOf(e.getMessage()),
                "make room in the folder for temporary files",
                e);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }
}
