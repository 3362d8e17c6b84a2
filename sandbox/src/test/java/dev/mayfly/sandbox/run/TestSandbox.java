package dev.mayfly.sandbox.run;

import dev.mayfly.sandbox.allow.BindGuard;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.CgroupLayout;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.launcher.NativeBackend;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.policy.PolicyStore;
import dev.mayfly.sandbox.record.Ledger;
import dev.mayfly.sandbox.record.LedgerEntry;
import dev.mayfly.sandbox.record.Quarantine;
import dev.mayfly.sandbox.slot.SeccompFilters;
import dev.mayfly.sandbox.slot.SlotSettings;
import dev.mayfly.sandbox.witness.KernelWitness;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The whole room with its native backend, state in a folder of the test and a ledger in memory. */
public final class TestSandbox implements AutoCloseable {
    /** Jobs get a block of ids above this one, picked by process id. */
    public static final long UID_BASE = 2_000_000;

    private final CgroupTree cgroups;
    private final DenialWitness witness;
    private final Backend backend;
    private final SandboxRunner runner;
    private final MemoryLedger ledger = new MemoryLedger();

    private TestSandbox(CgroupTree cgroups, DenialWitness witness, Backend backend, Path home, Path policies) {
        this.cgroups = cgroups;
        this.witness = witness;
        this.backend = backend;
        this.runner = new SandboxRunner(
                Clock.systemUTC(),
                new PolicyStore(policies, new PolicyReader()),
                new BindGuard(home),
                (_, _) -> backend,
                new Quarantine(home.resolve("quarantine"), Clock.systemUTC()),
                ledger);
    }

    public static TestSandbox open(Path launcher, SlotNetworks networks, Path home, Path policies, int slots) {
        CgroupTree cgroups = CgroupTree.open(CgroupLayout.detect(Path.of("/")), InstanceId.current());
        DenialWitness witness = KernelWitness.choose(CgroupTree.MOST_SLOTS);
        RuntimeImage image = RuntimeImage.of(Path.of("/"), home.resolve("etc"));
        Backend backend = NativeBackend.open(
                launcher,
                new SlotSettings(home.resolve("run"), slots, UID_BASE, Duration.ofSeconds(60)),
                cgroups,
                networks,
                witness,
                SeccompFilters.ofThisMachine(),
                () -> image);
        return new TestSandbox(cgroups, witness, backend, home, policies);
    }

    public SandboxRunner runner() {
        return runner;
    }

    public Backend backend() {
        return backend;
    }

    public List<LedgerEntry> recorded() {
        return ledger.newest(Integer.MAX_VALUE, Optional.empty());
    }

    @Override
    public void close() {
        try {
            backend.close();
        } finally {
            witness.close();
            cgroups.close();
        }
    }

    private static final class MemoryLedger implements Ledger {
        private final List<LedgerEntry> entries = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void record(LedgerEntry entry) {
            entries.add(entry);
        }

        @Override
        public Optional<LedgerEntry> marked(String mark) {
            return newest(Integer.MAX_VALUE, Optional.empty()).stream()
                    .filter(entry -> entry.mark().equals(mark))
                    .findFirst();
        }

        @Override
        public List<LedgerEntry> newest(int most, Optional<String> verdict) {
            synchronized (entries) {
                return entries.reversed().stream()
                        .filter(entry -> verdict.isEmpty() || verdict.get().equals(entry.verdict()))
                        .limit(most)
                        .toList();
            }
        }

        @Override
        public int removeBefore(Instant time) {
            int before = entries.size();
            entries.removeIf(entry -> entry.finishedAt().isBefore(time));
            return before - entries.size();
        }

        @Override
        public List<LedgerEntry> startingWith(String runId, int most) {
            return newest(Integer.MAX_VALUE, Optional.empty()).stream()
                    .filter(entry -> entry.runId().startsWith(runId))
                    .limit(most)
                    .toList();
        }
    }
}
