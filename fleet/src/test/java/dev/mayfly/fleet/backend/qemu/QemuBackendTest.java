package dev.mayfly.fleet.backend.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.GuestContract;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real machines. The template is built by the script of this room, once for all runs of the tests. */
class QemuBackendTest extends GuestContract {
    private static final long MEMORY = 256 << 20;

    /** Short, because a socket's path must be. */
    @TempDir
    Path folder;

    private static Template template;
    private Leaks leaks;

    @BeforeAll
    static void findTemplate() throws Exception {
        Needs.linux();
        Needs.command("qemu-system-x86_64");
        template = Templates.debian();
    }

    @BeforeEach
    void lookBefore() {
        leaks = Leaks.snapshot(folder.toString());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (Backend backend = open()) {
            backend.survey().forEach(backend::destroy);
        }
        leaks.assertUnchanged(Duration.ofSeconds(20));
        assertThat(Sha256Digest.ofFile(template.disk()))
                .as("the template is as it was")
                .isEqualTo(Sha256Digest.parse(Templates.digestOfDisk(template)));
    }

    @Override
    protected Backend open() {
        return new QemuBackend(
                new QemuSettings(
                        Needs.command("qemu-system-x86_64"),
                        template,
                        folder.resolve("r"),
                        folder.resolve("w"),
                        MEMORY),
                Ticker.system(),
                Log.off());
    }

    @Override
    protected void kill(Attempt attempt) throws Exception {
        for (ProcessHandle process : Processes.of(Bundle.of(folder.resolve("r"), attempt), QemuFiles.CONTROL_OPTION)) {
            process.destroyForcibly();
            process.onExit().get();
        }
    }

    @Test
    void two_machines_of_one_template_have_nothing_in_common_but_their_blocks() throws Exception {
        Attempt other = new Attempt(new RunnerId("other"), new Fence(18));
        try (Backend backend = open()) {
            backend.make(plan(ATTEMPT));
            backend.make(plan(other));
            Address one = backend.awaitReady(ATTEMPT, PATIENCE);
            Address two = backend.awaitReady(other, PATIENCE);
            assertThat(one.hostKey()).isNotEqualTo(two.hostKey());
            assertThat(one.port()).isNotEqualTo(two.port());
            String who = "hostname; cat /etc/machine-id /sys/class/net/eth0/address";
            backend.begin(ATTEMPT, who);
            backend.begin(other, who);
            assertThat(backend.awaitEnd(ATTEMPT, PATIENCE)).hasValue(0);
            assertThat(backend.awaitEnd(other, PATIENCE)).hasValue(0);
            assertThat(backend.output(ATTEMPT).lines())
                    .containsExactly(
                            "runner-17",
                            "%032x".formatted(17),
                            plan(ATTEMPT).identity().mac().value());
            assertThat(backend.output(other).lines())
                    .containsExactly(
                            "runner-18",
                            "%032x".formatted(18),
                            plan(other).identity().mac().value());
            Path key = folder.resolve("r/" + ATTEMPT + ".bundle/key");
            assertThat(Files.getPosixFilePermissions(key)).hasToString("[OWNER_READ, OWNER_WRITE]");
        }
    }
}
