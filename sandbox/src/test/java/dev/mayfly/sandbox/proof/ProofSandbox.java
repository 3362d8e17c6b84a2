package dev.mayfly.sandbox.proof;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.sandbox.allow.BindGuard;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.CgroupLayout;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.launcher.NativeBackend;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.policy.PolicyStore;
import dev.mayfly.sandbox.record.Quarantine;
import dev.mayfly.sandbox.record.SqlLedger;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.SandboxRunner;
import dev.mayfly.sandbox.slot.SeccompFilters;
import dev.mayfly.sandbox.slot.SlotSettings;
import dev.mayfly.sandbox.slot.UidRange;
import dev.mayfly.sandbox.witness.KernelWitness;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import dev.mayfly.testkit.KeptLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The room as a service runs it: native backend, quarantine and a ledger on disk below one home folder. */
final class ProofSandbox implements AutoCloseable {
    /** Of these tests alone; a block of it is picked by process id. */
    private static final long UID_BASE = 0x3000_0000L;

    private final Path home;
    private final CgroupTree cgroups;
    private final DenialWitness witness;
    private final Backend backend;
    private final SqliteStore store;
    private final SandboxRunner runner;
    private final SqlLedger ledger;
    private final AtomicReference<Optional<Execution>> last = new AtomicReference<>(Optional.empty());

    private ProofSandbox(CgroupTree cgroups, DenialWitness witness, Backend backend, Path home, Path policies) {
        this.home = home;
        this.cgroups = cgroups;
        this.witness = witness;
        this.backend = new Watched(backend, last);
        this.store = SqliteStore.open(
                home.resolve("ledger.db"),
                SqlLedger.SCHEMA,
                SqliteOptions.DEFAULT,
                Clock.systemUTC(),
                new KeptLog().log());
        this.ledger = new SqlLedger(store);
        this.runner = new SandboxRunner(
                Clock.systemUTC(),
                new PolicyStore(policies, new PolicyReader()),
                new BindGuard(home),
                (_, _) -> this.backend,
                new Quarantine(home.resolve("quarantine"), Clock.systemUTC()),
                ledger);
    }

    /** @param policy text of the default policy */
    static ProofSandbox open(Path home, String policy, SlotNetworks networks, int slots) throws Exception {
        Path policies = Files.createDirectories(home.resolve("policies"));
        Files.writeString(policies.resolve("default.policy.yml"), policy);
        return openExisting(home, networks, slots);
    }

    /** With the policy that lies in the home already. */
    static ProofSandbox openExisting(Path home, SlotNetworks networks, int slots) {
        CgroupTree cgroups = CgroupTree.open(CgroupLayout.detect(Path.of("/")), InstanceId.current());
        DenialWitness witness = KernelWitness.choose(CgroupTree.MOST_SLOTS);
        try {
            RuntimeImage image = RuntimeImage.of(Path.of("/"), home.resolve("etc"));
            Backend backend = NativeBackend.open(
                    Parts.launcher(),
                    new SlotSettings(home.resolve("run"), slots, UID_BASE, Duration.ofSeconds(120)),
                    cgroups,
                    networks,
                    witness,
                    SeccompFilters.ofThisMachine(),
                    () -> image);
            return new ProofSandbox(cgroups, witness, backend, home, home.resolve("policies"));
        } catch (RuntimeException e) {
            witness.close();
            cgroups.close();
            throw e;
        }
    }

    /** The user ids that jobs of a process get here. */
    static UidRange uidsOf(long pid) {
        return UidRange.forProcess(UID_BASE, pid);
    }

    Result run(JsonObject request) throws InterruptedException {
        return run(JsonWriter.compact(request), RunOptions.DEFAULT);
    }

    Result run(String request, RunOptions options) throws InterruptedException {
        return new Result(
                runner.run(request.getBytes(StandardCharsets.UTF_8), options).result());
    }

    /** Of a single command line. */
    Result shell(String command) throws InterruptedException {
        return run(JsonObject.of().with("cmd", command));
    }

    SqlLedger ledger() {
        return ledger;
    }

    List<String> swept() {
        return cgroups.swept();
    }

    /** Of the run that ended last; with several runs at once it is any of them. */
    Execution lastExecution() {
        return last.get().orElseThrow();
    }

    @Override
    public void close() {
        try {
            backend.close();
        } finally {
            try {
                witness.close();
                cgroups.close();
            } finally {
                store.close();
                deleteGeneratedEtc();
            }
        }
    }

    /** A service keeps it for its next life; JUnit would warn about each of its hundreds of links. */
    private void deleteGeneratedEtc() {
        try (Stream<Path> all = Files.walk(home.resolve("etc"))) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets a test see what the backend saw. */
    private record Watched(Backend inner, AtomicReference<Optional<Execution>> last) implements Backend {
        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public List<dev.mayfly.sandbox.api.LayerReport> layers() {
            return inner.layers();
        }

        @Override
        public Execution run(BoxSpec spec) throws InterruptedException {
            Execution execution = inner.run(spec);
            last.set(Optional.of(execution));
            return execution;
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
