package dev.mayfly.fleet.backend.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.GuestContract;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.qemu.Templates;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real slots, of the template that machines under QEMU are made of. */
class SlotBackendTest extends GuestContract {
    private static final long MEMORY = 64 << 20;
    private static final Attempt OTHER = new Attempt(new RunnerId("other"), new Fence(18));
    private static final int AT_ONCE = 6;

    /** Short, because a socket's path must be. */
    @TempDir
    Path folder;

    private static Template template;
    private SlotSettings settings;
    private Leaks leaks;

    @BeforeAll
    static void findTemplate() throws Exception {
        Slots.need();
        template = Templates.debian();
    }

    @BeforeEach
    void lookBefore() throws IOException {
        settings = Slots.settings(template, folder, MEMORY);
        leaks = Leaks.snapshot(folder.toString());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        List<Path> groups = groups();
        try (Backend backend = open()) {
            backend.survey().forEach(backend::destroy);
        }
        leaks.assertUnchanged(Duration.ofSeconds(30));
        assertThat(groups).noneMatch(Files::exists);
        assertThat(groups()).isEmpty();
        assertThat(folder.resolve("r")).isEmptyDirectory();
        assertThat(disksInUse()).isEmpty();
    }

    @AfterAll
    static void theTemplateIsAsItWas() throws IOException {
        if (template != null) {
            assertThat(Sha256Digest.ofFile(template.disk()))
                    .isEqualTo(Sha256Digest.parse(Templates.digestOfDisk(template)));
        }
    }

    /** Of slots of this test: other tests may have some too. */
    private List<Path> groups() throws IOException {
        List<Path> groups = new ArrayList<>();
        for (Map.Entry<Integer, Path> each :
                new Claims(SlotSettings.CLAIMS).all().entrySet()) {
            if (each.getValue().startsWith(folder.toRealPath())) {
                groups.addAll(new SlotGroup(settings.places(), each.getKey()).folders());
            }
        }
        return groups;
    }

    /** Files of this test that are behind a loop device. */
    private List<String> disksInUse() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> loops = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (Path loop : loops) {
                try {
                    String file = Files.readString(loop.resolve("loop/backing_file"));
                    if (file.startsWith(folder.toRealPath().toString())) {
                        found.add(file);
                    }
                } catch (IOException e) {
                    // Nothing is behind it, or not any more.
                }
            }
        }
        return found;
    }

    @Override
    protected Backend open() {
        return new SlotBackend(settings, Ticker.system(), Log.off());
    }

    @Override
    protected void kill(Attempt attempt) throws Exception {
        for (ProcessHandle process : holders(attempt)) {
            process.destroyForcibly();
            process.onExit().get();
        }
    }

    private List<ProcessHandle> holders(Attempt attempt) throws IOException {
        return Processes.of(Bundle.of(folder.resolve("r").toRealPath(), attempt), SlotMachine.MARK);
    }

    private static String run(Backend backend, Attempt attempt, String command) throws InterruptedException {
        return backend.run(attempt, command, "", PATIENCE).output();
    }

    @Test
    void two_slots_have_nothing_in_common_but_the_template() throws Exception {
        try (Backend backend = open()) {
            backend.make(plan(ATTEMPT));
            backend.make(plan(OTHER));
            Address one = backend.awaitReady(ATTEMPT, PATIENCE);
            Address two = backend.awaitReady(OTHER, PATIENCE);
            assertThat(one.hostKey()).isNotEqualTo(two.hostKey());
            assertThat(one.port()).isNotEqualTo(two.port());
            String who = "hostname; cat /etc/machine-id";
            assertThat(run(backend, ATTEMPT, who).lines()).containsExactly("runner-17", "%032x".formatted(17));
            assertThat(run(backend, OTHER, who).lines()).containsExactly("runner-18", "%032x".formatted(18));
            String ids = "cat /proc/self/uid_map";
            assertThat(run(backend, ATTEMPT, ids)).isNotEqualTo(run(backend, OTHER, ids));
            assertThat(run(backend, ATTEMPT, "echo mine >/bin/mine; echo 1 >/etc/passwd; rm /bin/ls; echo $?"))
                    .as("all of the root is the slot's own")
                    .isEqualTo("0\n");
            assertThat(run(backend, OTHER, "cat /bin/mine; ls /bin/ls; head -c 4 /etc/passwd"))
                    .contains("No such file", "/bin/ls", "root");
        }
    }

    @Test
    void a_slot_reaches_neither_its_host_nor_another_slot() throws Exception {
        try (Backend backend = open();
                ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            backend.make(plan(ATTEMPT));
            backend.make(plan(OTHER));
            backend.awaitReady(ATTEMPT, PATIENCE);
            Address other = backend.awaitReady(OTHER, PATIENCE);
            assertThat(run(backend, ATTEMPT, "nc -w 5 127.0.0.1 " + service.getLocalPort() + "; echo $?"))
                    .contains("refused")
                    .endsWith("1\n");
            assertThat(run(backend, ATTEMPT, "nc -w 5 127.0.0.1 " + other.port() + "; echo $?"))
                    .contains("refused")
                    .endsWith("1\n");
            assertThat(run(backend, ATTEMPT, "nc -w 5 192.0.2.1 80; echo $?")).contains("unreachable");
            assertThat(run(backend, ATTEMPT, "ls " + folder + "; ls /sys; ls /dev/vda /dev/loop-control"))
                    .contains("No such file")
                    .doesNotContain(".bundle", "fs\n");
            assertThat(run(backend, ATTEMPT, "ps; cat /proc/1/cmdline"))
                    .contains("dropbear")
                    .doesNotContain("java", folder.toString(), template.folder().toString());
        }
    }

    @Test
    void who_is_root_in_a_slot_has_no_power_over_anything_else() throws Exception {
        try (Backend backend = open()) {
            backend.make(plan(ATTEMPT));
            backend.awaitReady(ATTEMPT, PATIENCE);
            for (String command : List.of(
                    "mount -t tmpfs none /tmp",
                    "mount -o remount,rw /proc",
                    "umount /proc",
                    "unshare -U true",
                    "unshare -n true",
                    "hostname other",
                    "mknod /tmp/disk b 254 0",
                    "echo 1 >/proc/sys/user/max_user_namespaces",
                    "echo core >/proc/sys/kernel/core_pattern",
                    "cat /proc/1/environ",
                    "ls /proc/1/root/",
                    "ls /proc/1/fd",
                    "date -s 2001-01-01 && false",
                    "ip link add name x type dummy",
                    "dmesg",
                    "reboot -f",
                    "chroot /proc/1/root true")) {
                assertThat(run(backend, ATTEMPT, "(" + command + ") >/dev/null 2>&1 && echo ESCAPED; echo alive"))
                        .as(command)
                        .isEqualTo("alive\n");
            }
            assertThat(run(backend, ATTEMPT, "grep ^Seccomp: /proc/self/status; cat /proc/self/cgroup"))
                    .contains("Seccomp:\t2")
                    .doesNotContain("mayfly");
        }
    }

    @Test
    void what_a_slot_takes_has_an_end() throws Exception {
        try (Backend backend = open()) {
            backend.make(plan(ATTEMPT));
            backend.awaitReady(ATTEMPT, PATIENCE);
            assertThat(run(backend, ATTEMPT, "head -c 200000000 /dev/zero | tail | wc -c; echo after"))
                    .as("memory")
                    .contains("after")
                    .doesNotContain("200000000");
            assertThat(
                            run(
                                    backend,
                                    ATTEMPT,
                                    "truncate -s 8G /big; dd if=/dev/zero of=/big2 bs=1M seek=8000 count=1; df -k / | tail -n 1"))
                    .as("the disk is that of its size")
                    .containsPattern("4[01]\\d{5}");
            // A real fork bomb would end with the memory before it ends with the number.
            Path limit = groups().stream()
                    .map(group -> group.resolve("pids.max"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.readString(limit).strip()).isEqualTo("2048");
            assertThat(Files.readAllLines(limit.resolveSibling("cgroup.procs")))
                    .as("first process, agent, SSH server, and none of the holder")
                    .hasSizeGreaterThanOrEqualTo(3)
                    .doesNotContain(Long.toString(holders(ATTEMPT).getFirst().pid()));
            backend.destroy(ATTEMPT);
        }
    }

    @Test
    void its_holder_killed_it_is_noticed_and_all_of_it_goes() throws Exception {
        try (Backend backend = open()) {
            backend.make(plan(ATTEMPT));
            backend.awaitReady(ATTEMPT, PATIENCE);
            backend.begin(ATTEMPT, "sleep 3600");
            kill(ATTEMPT);
            fails(() -> backend.awaitEnd(ATTEMPT, PATIENCE));
            backend.destroy(ATTEMPT);
            assertThat(backend.survey()).isEmpty();
        }
    }

    @Test
    void what_a_dead_agent_has_left_is_swept() throws Exception {
        try (Backend backend = open()) {
            backend.make(plan(ATTEMPT));
            Bundle.of(folder.resolve("r"), ATTEMPT).delete();
        }
        try (Backend next = open()) {
            assertThat(next.survey()).isEmpty();
            assertThat(next.sweep()).hasSize(2);
            assertThat(next.sweep()).isEmpty();
        }
    }

    @Test
    void many_are_made_and_destroyed_at_once() throws Exception {
        try (Backend backend = open()) {
            List<Attempt> all = LongStream.range(1, AT_ONCE + 1)
                    .mapToObj(number -> new Attempt(new RunnerId("many"), new Fence(number)))
                    .toList();
            List<Thread> making = all.stream()
                    .map(attempt -> Thread.startVirtualThread(() -> {
                        backend.make(plan(attempt));
                        try {
                            backend.awaitReady(attempt, PATIENCE);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .toList();
            for (Thread each : making) {
                each.join();
            }
            for (Attempt attempt : all) {
                assertThat(run(backend, attempt, "hostname"))
                        .isEqualTo("runner-" + attempt.fence().value() + "\n");
            }
            List<Thread> ending = all.stream()
                    .map(attempt -> Thread.startVirtualThread(() -> backend.destroy(attempt)))
                    .toList();
            for (Thread each : ending) {
                each.join();
            }
            assertThat(backend.survey()).isEmpty();
        }
    }

    @Test
    void what_it_needs_and_the_host_lacks_is_said_before_anything_is_made() {
        GroupPlaces none = new GroupPlaces(Map.of(), Optional.empty(), "this user may not make control groups");
        SlotSettings without = new SlotSettings(
                settings.program(), template, folder.resolve("x"), folder.resolve("y"), SlotSettings.CLAIMS, none, 1);
        assertThatThrownBy(() -> new SlotBackend(without, Ticker.system(), Log.off()))
                .isInstanceOfSatisfying(MayflyException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.MACHINES_UNAVAILABLE);
                    assertThat(failure.why()).contains("this user may not make control groups");
                });
        assertThat(folder.resolve("x")).doesNotExist();
    }
}
