package dev.mayfly.sandbox.choose;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.box.SyscallProfile;
import dev.mayfly.sandbox.bwrap.BwrapBackend;
import dev.mayfly.sandbox.cgroup.CgroupLayout;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.launcher.NativeBackend;
import dev.mayfly.sandbox.slot.Later;
import dev.mayfly.sandbox.slot.SeccompFilters;
import dev.mayfly.sandbox.slot.SlotSettings;
import dev.mayfly.sandbox.slot.SyscallFilters;
import dev.mayfly.sandbox.slot.UidRange;
import dev.mayfly.sandbox.witness.KernelWitness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The backends for native programs of this machine, wired.
 *
 * @param launcher where the launcher program is, or why there is none
 * @param stateDir where prepared images are kept between starts and sockets live while we run
 * @param slots most runs at once
 * @param witnessed whether to see and report what the kernel refuses to jobs; costs every system call of the machine
 * @param osName as in the system property {@code os.name}
 */
public record HostBackends(
        LauncherBinary launcher,
        Path stateDir,
        int slots,
        Duration slotWait,
        SlotNetworks networks,
        boolean witnessed,
        String osName) {
    /** With everything that is worth seeing. */
    public HostBackends(
            LauncherBinary launcher,
            Path stateDir,
            int slots,
            Duration slotWait,
            SlotNetworks networks,
            String osName) {
        this(launcher, stateDir, slots, slotWait, networks, true, osName);
    }

    /** Chooses and opens; closing the backend closes everything that was opened for it. */
    public Backends.Choice choose(Preference preference) throws InterruptedException {
        return Backends.choose(
                switch (preference) {
                    case AUTO -> List.of(launcherCandidate(), bwrapCandidate());
                    case NATIVE -> List.of(launcherCandidate());
                    case BWRAP -> List.of(bwrapCandidate());
                    case WASM -> List.of(); // runs in this process, not here
                });
    }

    private Backends.Candidate launcherCandidate() {
        return new Backends.Candidate("native", () -> {
            requireLinux();
            if (launcher instanceof LauncherBinary.Missing missing) {
                throw new MayflyException(
                        ErrorCode.SANDBOX_UNAVAILABLE, "there is no launcher", missing.why(), missing.fix());
            }
            Path program = launcher.whereFound().orElseThrow();
            SeccompFilters filters = SeccompFilters.ofThisMachine();
            // Generating it takes a cold JVM tens of milliseconds, in which the first launcher can start.
            Thread.ofPlatform()
                    .daemon()
                    .name("filter-ahead")
                    .start(() -> filters.filter(SyscallProfile.DEFAULT, SyscallFilters.Denial.NOTIFY));
            Later<RuntimeImage> image =
                    Later.begin("image-ahead", () -> RuntimeImage.of(Path.of("/"), stateDir.resolve("image")));
            return withGroups(
                    witness(),
                    (groups, witness) ->
                            NativeBackend.open(program, settings(), groups, networks, witness, filters, image));
        });
    }

    private Backends.Candidate bwrapCandidate() {
        return new Backends.Candidate("bwrap", () -> {
            requireLinux();
            return withGroups(
                    DenialWitness.off(),
                    (groups, _) -> BwrapBackend.open(settings(), groups, SeccompFilters.ofThisMachine()));
        });
    }

    private void requireLinux() {
        if (!osName.equals("Linux")) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE,
                    "native programs cannot be confined here",
                    osName + " has no namespaces, control groups or seccomp",
                    "use a Linux machine, or --backend wasm for WebAssembly programs");
        }
    }

    private DenialWitness witness() {
        return witnessed ? KernelWitness.inBackground(CgroupTree.MOST_SLOTS) : DenialWitness.off();
    }

    private SlotSettings settings() {
        return new SlotSettings(
                stateDir.resolve("run"),
                slots,
                isRoot() && !UidRange.rootIsOrdinary(Path.of("/")) ? UidRange.DEFAULT_BASE : 0,
                slotWait);
    }

    /** The owner of /proc/self is the effective user. */
    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid && uid == 0;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private interface Maker {
        Backend make(CgroupTree groups, DenialWitness witness) throws InterruptedException;
    }

    private static Backend withGroups(DenialWitness witness, Maker maker) throws InterruptedException {
        CgroupTree groups = CgroupTree.open(CgroupLayout.detect(Path.of("/")), InstanceId.current());
        Backend backend = null;
        try {
            backend = maker.make(groups, witness);
            return new Owning(backend, groups, witness);
        } finally {
            if (backend == null) {
                groups.close();
                witness.close();
            }
        }
    }

    /** A backend together with the control groups and the witness that were opened for it. */
    private record Owning(Backend backend, CgroupTree groups, DenialWitness witness) implements Backend {
        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public List<LayerReport> layers() {
            return backend.layers();
        }

        @Override
        public Execution run(BoxSpec spec) throws InterruptedException {
            return backend.run(spec);
        }

        @Override
        public void close() {
            backend.close();
            witness.close();
            groups.close();
        }
    }
}
