package dev.mayfly.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is promised of the queue while processes die: {@code ./verify -Pfaults} runs the whole of it,
 * {@code -Dmayfly.faults.jobs=N -Dmayfly.faults.kills=N -Dmayfly.faults.seed=N} any other.
 */
class QueueFaultsIT {
    private static final int FULL_SIZE = 5000;

    private final Plan plan = Plan.configured();
    private Path folder;
    private Path effects;

    /** Not below /tmp, which each box has for itself: jobs could not write there. */
    @BeforeEach
    void makeRoom() throws IOException {
        Needs.root();
        folder = Files.createTempDirectory(Path.of("/var/tmp"), "mayfly-faults");
        effects = Files.createDirectory(folder.resolve("effects"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(effects, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path log = Files.createFile(effects.resolve("effects.log"));
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    @AfterEach
    void clean() throws IOException {
        if (folder != null) {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
            }
        }
    }

    private int diskSize() {
        return plan.jobs() > FULL_SIZE ? 3000 : 400;
    }

    @Test
    void the_embedded_queue_keeps_its_promises() throws Exception {
        try (Disk disk = Disk.mount(folder.resolve("disk"), diskSize());
                Farm farm = new EmbeddedFarm(Files.createDirectory(disk.place().resolve("home")))) {
            judge("embedded", farm, disk);
        }
    }

    @Test
    void a_queue_on_nats_keeps_its_promises() throws Exception {
        Path binary = Needs.natsServer();
        try (Disk disk = Disk.mount(folder.resolve("disk"), diskSize());
                Farm farm = new NatsFarm(
                        binary,
                        folder,
                        Files.createDirectory(folder.resolve("home")),
                        Files.createDirectory(disk.place().resolve("home")))) {
            judge("nats", farm, disk);
        }
    }

    private void judge(String engine, Farm farm, Disk disk) throws Exception {
        try (Campaign campaign = new Campaign(plan, farm, disk, folder, effects)) {
            List<String> wrong = campaign.run();
            System.err.println("faults of " + engine + ", " + campaign.table());
            assertThat(wrong).as("%s, seed %d", engine, plan.seed()).isEmpty();
        }
    }
}
