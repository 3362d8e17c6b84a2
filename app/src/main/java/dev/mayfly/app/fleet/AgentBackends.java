package dev.mayfly.app.fleet;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.fake.FakeFolder;
import dev.mayfly.fleet.backend.fake.FakeTimes;
import dev.mayfly.fleet.backend.qemu.QemuBackend;
import dev.mayfly.fleet.backend.qemu.QemuSettings;
import dev.mayfly.fleet.backend.slot.GroupPlaces;
import dev.mayfly.fleet.backend.slot.SlotBackend;
import dev.mayfly.fleet.backend.slot.SlotBinary;
import dev.mayfly.fleet.backend.slot.SlotSettings;
import dev.mayfly.fleet.backend.vz.VzBackend;
import dev.mayfly.fleet.backend.vz.VzSettings;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.network.WayOut;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.objc.ObjcRuntime;
import dev.mayfly.sandbox.cgroup.CgroupLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Chooses what makes machines on this host. */
final class AgentBackends {
    private static final String QEMU = "qemu-system-x86_64";
    private static final int TIMES = 3;

    /** As mayfly env disks names the image of an environment. */
    private static final String FIRST_DISK = "00.erofs";

    private AgentBackends() {}

    /** @throws MayflyException {@code MACHINES_UNAVAILABLE} and {@code TEMPLATE_INVALID} with what is missing */
    static Backend open(FleetWords words, FleetSession session, Log log) {
        String name = words.text("--backend").orElse("qemu");
        return switch (name) {
            case "qemu" -> qemu(words, session, log);
            case "slot" -> slot(words, session, log);
            case "vz" -> vz(words, session, log);
            case "fake" -> fake(words, session);
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "there is no back end '" + name + "'",
                        "there are qemu, slot for hosts without virtualisation, vz for macOS on a Mac, and fake for tests",
                        "mayfly fleet agent --backend qemu");
        };
    }

    private static Backend qemu(FleetWords words, FleetSession session, Log log) {
        Path program = qemuProgram(session);
        Optional<WayOut> way = AgentNetwork.of(words, session);
        Template template = Template.verified(template(words, session));
        return new QemuBackend(
                new QemuSettings(
                        program,
                        template,
                        session.places().runners(),
                        session.places().warm(),
                        Long.MAX_VALUE,
                        way,
                        disks(words)),
                Ticker.system(),
                log);
    }

    /** Those of the environment that every machine gets, in the order of their names. */
    private static List<Path> disks(FleetWords words) {
        Optional<Path> folder =
                words.text("--env").map(typed -> Path.of(typed).toAbsolutePath().normalize());
        if (folder.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder.get())) {
            List<Path> disks = entries.filter(Files::isRegularFile).sorted().toList();
            if (!disks.isEmpty() && disks.getFirst().endsWith(FIRST_DISK)) {
                return disks;
            }
            throw noEnvironment(folder.get() + " has no " + FIRST_DISK);
        } catch (IOException e) {
            throw noEnvironment(folder.get() + " cannot be listed");
        }
    }

    private static MayflyException noEnvironment(String why) {
        return new MayflyException(
                ErrorCode.USAGE,
                "machines cannot get an environment",
                why,
                "lay one out first: mayfly env disks REF FOLDER; then --env FOLDER");
    }

    private static void requireNone(FleetWords words, String backend) {
        if (words.on("--env")) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "machines of the back end " + backend + " get no environment",
                    "it is a disk, and only qemu gives further disks to machines",
                    "leave --env out, or take --backend qemu");
        }
    }

    private static Backend slot(FleetWords words, FleetSession session, Log log) {
        requireNone(words, "slot");
        Path program = switch (SlotBinary.locate()) {
            case LauncherBinary.Found found -> found.path();
            case LauncherBinary.Missing missing ->
                throw new MayflyException(
                        ErrorCode.MACHINES_UNAVAILABLE, "no machine can be made here", missing.why(), missing.fix());
        };
        Optional<WayOut> way = AgentNetwork.of(words, session);
        return new SlotBackend(
                new SlotSettings(
                        program,
                        Template.verified(template(words, session)),
                        session.places().runners(),
                        session.places().warm(),
                        SlotSettings.CLAIMS,
                        places(CgroupLayout.detect(Path.of("/"))),
                        Long.MAX_VALUE,
                        way),
                Ticker.system(),
                log);
    }

    private static Backend vz(FleetWords words, FleetSession session, Log log) {
        requireNone(words, "vz");
        // What this host lacks is said before anything is read.
        ObjcRuntime.ofThisMac(HoldOperations.FRAMEWORKS);
        return VzBackend.open(
                new VzSettings(
                        List.of(System.getProperty("mayfly.script", "mayfly"), "fleet", "hold"),
                        Template.verified(template(words, session)),
                        session.places().runners(),
                        session.places().agent().resolve("vz-identifiers"),
                        HostPort.parse("--announce", words.text("--announce").orElse("0.0.0.0:8081"))
                                .resolved(),
                        words.text("--guests-see").orElse("192.168.64.1"),
                        Long.MAX_VALUE),
                Ticker.system(),
                log);
    }

    /** Where the sandbox makes its control groups, slots may make theirs: only one room knows how machines arrange them. */
    private static GroupPlaces places(CgroupLayout layout) {
        String why = String.join("; ", layout.notes());
        return switch (layout.mode()) {
            case V1, HYBRID -> new GroupPlaces(layout.v1(), Optional.empty(), why);
            // Its processes would have to be moved out first, and an agent is not alone in a group that it shares.
            case V2 ->
                layout.mustLeave()
                        ? new GroupPlaces(Map.of(), Optional.empty(), "the group of this process holds processes")
                        : new GroupPlaces(Map.of(), layout.v2Place(), why);
            case NONE -> new GroupPlaces(Map.of(), Optional.empty(), why);
        };
    }

    static Path qemuProgram(FleetSession session) {
        return session.program(QEMU)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.MACHINES_UNAVAILABLE,
                        "no machine can be made here",
                        QEMU + " is not on PATH",
                        "apt-get install qemu-system-x86"));
    }

    /** The one that was named, by folder or by name; else the only one that there is. */
    private static Path template(FleetWords words, FleetSession session) {
        Optional<String> named =
                words.text("--template").or(() -> session.settings().config().find(SettingKeys.FLEET_TEMPLATE));
        Path all = session.places().templates();
        if (named.isPresent()) {
            return named.get().contains("/") ? Path.of(named.get()).toAbsolutePath() : all.resolve(named.get());
        }
        List<Path> there = folders(all);
        if (there.size() == 1) {
            return there.getFirst();
        }
        throw new MayflyException(
                ErrorCode.TEMPLATE_INVALID,
                "there is nothing to clone machines from",
                there.isEmpty() ? all + " has no template" : all + " has several templates",
                "name one with --template NAME; mayfly fleet template build makes a small one of Debian packages");
    }

    private static List<Path> folders(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Backend fake(FleetWords words, FleetSession session) {
        requireNone(words, "fake");
        List<Duration> times = words.text("--fake-times")
                .map(typed -> Stream.of(typed.split(",", -1))
                        .map(each -> FleetWords.time("--fake-times", each.strip()))
                        .toList())
                .orElse(List.of(Duration.ofMillis(1), Duration.ofMillis(100), Duration.ofSeconds(1)));
        if (times.size() != TIMES) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "--fake-times takes three times",
                    "it is how long machines clone, boot and work",
                    "--fake-times 5ms,500ms,10s");
        }
        return new FakeFolder(
                session.places().runners(), new FakeTimes(times.get(0), times.get(1), times.get(2)), Clock.systemUTC());
    }
}
