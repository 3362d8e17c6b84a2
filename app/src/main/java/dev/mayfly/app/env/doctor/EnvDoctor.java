package dev.mayfly.app.env.doctor;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.erofs.ErofsProbe;
import dev.mayfly.env.fuse.FuseSupport;
import dev.mayfly.platform.EnterBinary;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this machine can do for environments: rows of {@code mayfly doctor}, in the order of causes. */
public final class EnvDoctor {
    private static final String FRONT_END = "env-front-end";

    private final EnvProbes probes;

    public EnvDoctor(EnvProbes probes) {
        this.probes = probes;
    }

    /** What is asked of the machine, so that tests can answer for one that is different. */
    public interface EnvProbes {
        LauncherBinary enter();

        /** Whether images are mounted from files, by doing it. */
        Capability erofs();

        FuseSupport fuse();

        /** Where commands see their environment. */
        Path mountPoint();
    }

    /** Asks this machine. */
    public static EnvDoctor ofThisMachine(Path home, Path mountPoint) {
        return new EnvDoctor(new ThisMachine(home, mountPoint));
    }

    public List<Capability> examine() {
        List<Capability> rows = new ArrayList<>();
        Capability enter = enter(probes.enter());
        Capability erofs = named("env-erofs", probes.erofs());
        Capability fuse = fuse(probes.fuse());
        rows.add(enter);
        rows.add(erofs);
        rows.add(fuse);
        rows.add(frontEnd(enter, erofs, fuse));
        rows.add(mountPoint(probes.mountPoint()));
        return rows;
    }

    private static Capability enter(LauncherBinary enter) {
        return switch (enter) {
            case LauncherBinary.Found found -> active("env-enter", found.path() + ", " + found.origin());
            case LauncherBinary.Missing missing -> unavailable("env-enter", missing.why(), missing.fix());
        };
    }

    private static Capability fuse(FuseSupport support) {
        return switch (support) {
            case FuseSupport.Available _ ->
                active("env-fuse", FuseSupport.DEVICE + " opens, and the kernel knows fuse");
            case FuseSupport.Lacking lacking ->
                unavailable(
                        "env-fuse",
                        lacking.code().label() + ": " + lacking.what() + ": " + lacking.why(),
                        lacking.fix());
        };
    }

    /** Which one {@code mayfly env run} takes with {@code --front-end auto}, and why not a better one. */
    private static Capability frontEnd(Capability enter, Capability erofs, Capability fuse) {
        if (isLacking(enter)) {
            return unavailable(
                    FRONT_END,
                    "none: env run needs " + enter.name(),
                    enter.fix() + "   # until then: mayfly env render REF DIR");
        }
        if (!isLacking(erofs)) {
            return active(FRONT_END, "erofs: reads are answered by the kernel, at the speed of its own file systems");
        }
        if (!isLacking(fuse)) {
            return active(
                    FRONT_END,
                    "fuse: a server of ours answers what the kernel does not know yet; erofs needs env-erofs");
        }
        return active(
                FRONT_END,
                "render: all files are copied when a stack is first used; erofs needs env-erofs, fuse env-fuse");
    }

    private static boolean isLacking(Capability each) {
        return each.state() == CapabilityState.UNAVAILABLE;
    }

    private static Capability mountPoint(Path point) {
        return Files.isDirectory(point)
                ? active("env-mount-point", point + " is there")
                : unavailable(
                        "env-mount-point",
                        point + (Files.exists(point) ? " is no folder" : " does not exist"),
                        "sudo mkdir -p " + point + "   # or say --at DIR, or set env.at");
    }

    private static Capability named(String name, Capability row) {
        return new Capability(name, row.state(), row.evidence(), row.fix());
    }

    private static Capability active(String name, String evidence) {
        return new Capability(name, CapabilityState.ACTIVE, evidence, "");
    }

    private static Capability unavailable(String name, String evidence, String fix) {
        return new Capability(name, CapabilityState.UNAVAILABLE, evidence, fix);
    }

    private record ThisMachine(Path home, Path mountPoint) implements EnvProbes {
        @Override
        public LauncherBinary enter() {
            return EnterBinary.locate();
        }

        /** On the file system where images will be; the home may not be there yet. */
        @Override
        public Capability erofs() {
            Path scratch = home;
            while (!Files.isDirectory(scratch)) {
                scratch = Optional.ofNullable(scratch.getParent()).orElseThrow();
            }
            try {
                return ErofsProbe.examine(scratch);
            } catch (MayflyException e) {
                return unavailable(
                        ErofsProbe.NAME, "it could not be tried: " + e.getMessage(), "make " + scratch + " writable");
            }
        }

        /** The mount point has a row of its own. */
        @Override
        public FuseSupport fuse() {
            return FuseSupport.probe(Path.of("/"));
        }
    }
}
