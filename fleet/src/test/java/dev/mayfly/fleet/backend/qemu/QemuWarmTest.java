package dev.mayfly.fleet.backend.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.guest.GuestChannel;
import dev.mayfly.fleet.guest.GuestIdentity;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.runner.GuestState;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that are restored from a saved one. It is saved once, by whichever test comes first. */
class QemuWarmTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final long MEMORY = 256 << 20;
    private static final int AT_ONCE = 4;

    /** {@code -Dmayfly.fleet.machines=20} for more than the short way. */
    private static final int IN_A_ROW = Integer.getInteger("mayfly.fleet.machines", 3);

    /** Everything by which a machine could be taken for another, one a line. */
    private static final String WHO = "hostname; cat /etc/machine-id /sys/class/net/eth0/address"
            + " /proc/sys/kernel/random/boot_id;"
            + " head -c 32 /dev/urandom | sha256sum; date +%s";

    @TempDir
    static Path folder;

    private static Template template;
    private Leaks leaks;
    private QemuBackend backend;

    @BeforeAll
    static void findTemplate() throws Exception {
        Needs.linux();
        Needs.command("qemu-system-x86_64");
        template = Templates.debian();
    }

    private static QemuBackend open(long memory) {
        return new QemuBackend(
                new QemuSettings(
                        Needs.command("qemu-system-x86_64"),
                        template,
                        folder.resolve("r"),
                        folder.resolve("w"),
                        memory),
                Ticker.system(),
                Log.off());
    }

    @BeforeEach
    void warm() throws InterruptedException {
        leaks = Leaks.snapshot(folder.toString());
        backend = open(MEMORY);
        backend.warm(ResourceType.NANO, PATIENCE);
        assertThat(backend.isWarm(ResourceType.NANO)).isTrue();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        backend.dismiss();
        backend.survey().forEach(backend::destroy);
        backend.close();
        leaks.assertUnchanged(Duration.ofSeconds(20));
        assertThat(folder.resolve("r")).isEmptyDirectory();
        assertThat(Sha256Digest.ofFile(template.disk()))
                .as("the template is as it was")
                .isEqualTo(Sha256Digest.parse(Templates.digestOfDisk(template)));
    }

    private static Attempt attempt(long number) {
        return new Attempt(new RunnerId("r" + number), new Fence(number));
    }

    private static Plan plan(long number) {
        return new Plan(
                attempt(number),
                new RunnerName("runner-" + number),
                ResourceType.NANO,
                new Identity(new MachineIdentifier(String.format("%032x", number)), MacAddress.of(number << 8)));
    }

    private List<String> run(Attempt attempt, String script) throws InterruptedException {
        backend.begin(attempt, script);
        assertThat(backend.awaitEnd(attempt, PATIENCE)).hasValue(0);
        return backend.output(attempt).lines().toList();
    }

    private void isItself(long number, List<String> said) {
        assertThat(said.subList(0, 3))
                .containsExactly(
                        "runner-" + number,
                        String.format("%032x", number),
                        plan(number).identity().mac().value());
        assertThat(Long.parseLong(said.get(5)))
                .as("its clock is not that of the day when it was saved")
                .isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.data.Offset.offset(20L));
    }

    @Test
    void two_restored_machines_have_nothing_in_common_by_which_they_could_be_taken_for_each_other() throws Exception {
        backend.make(plan(1));
        backend.make(plan(2));
        Address one = backend.awaitReady(attempt(1), PATIENCE);
        Address two = backend.awaitReady(attempt(2), PATIENCE);
        assertThat(backend.times(attempt(1)).orElseThrow().way()).isEqualTo(StartTimes.Way.RESTORED);
        assertThat(one.hostKey()).isNotEqualTo(two.hostKey());
        List<String> first = run(attempt(1), WHO);
        List<String> second = run(attempt(2), WHO);
        isItself(1, first);
        isItself(2, second);
        assertThat(first.subList(0, 5)).doesNotContainAnyElementsOf(second.subList(0, 5));
        assertThat(folder.resolve("r/r1.1.bundle/identity"))
                .satisfies(file ->
                        assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]"));
    }

    @Test
    void nobody_commands_a_guest_without_its_nonce() throws Exception {
        backend.make(plan(3));
        backend.awaitReady(attempt(3), PATIENCE);
        Bundle bundle = Bundle.of(folder.resolve("r").toRealPath(), attempt(3));
        GuestIdentity who = GuestIdentity.load(bundle.identity());
        SecureRandom random = new SecureRandom();
        GuestIdentity stranger = GuestIdentity.fresh(who.name(), who.identity(), who.key(), random);
        try (GuestChannel channel = GuestChannel.open(bundle.guest(), random, Clock.systemUTC(), Ticker.system())) {
            assertThat(channel.hello(PATIENCE)).isTrue();
            assertThat(channel.status(who, PATIENCE).state()).isEqualTo(GuestState.IDLE);
            assertThat(channel.exec(who, "echo hello; exit 3", PATIENCE).output())
                    .isEqualTo("hello\n");
            assertThatThrownBy(() -> channel.exec(stranger, "touch /run/taken", PATIENCE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("denies");
            assertThatThrownBy(() -> channel.become(stranger, PATIENCE)).hasMessageContaining("denies");
            assertThatThrownBy(() -> channel.prepare(PATIENCE)).hasMessageContaining("denies");
            assertThat(channel.exec(who, "test ! -e /run/taken", PATIENCE).exitCode())
                    .isZero();
        }
    }

    @Test
    void a_machine_that_stands_ready_becomes_whoever_is_wanted_and_the_rest_are_swept() throws Exception {
        backend.prepare(ResourceType.NANO, PATIENCE);
        backend.prepare(ResourceType.NANO, PATIENCE);
        assertThat(backend.standing()).containsEntry(ResourceType.NANO, 2);
        assertThat(backend.survey()).isEmpty();
        Address address = backend.take(plan(4)).orElseThrow();
        assertThat(backend.survey()).containsExactly(attempt(4));
        assertThat(backend.awaitReady(attempt(4), PATIENCE)).isEqualTo(address);
        isItself(4, run(attempt(4), WHO));
        assertThat(backend.take(new Plan(attempt(5), new RunnerName("larger"), ResourceType.MICRO, plan(5).identity())))
                .isEmpty();
        try (QemuBackend next = open(MEMORY)) {
            assertThat(next.sweep()).hasSize(1).first().asString().startsWith("machine ");
        }
    }

    @Test
    void a_saved_machine_is_of_use_only_for_what_it_was_saved_for() throws Exception {
        try (QemuBackend other = open(MEMORY / 2)) {
            assertThat(other.isWarm(ResourceType.NANO)).isFalse();
        }
        Path state;
        try (var all = Files.list(folder.resolve("w"))) {
            state = all.findFirst().orElseThrow();
        }
        Files.writeString(state.resolve("devices"), "nonsense");
        assertThat(backend.isWarm(ResourceType.NANO)).isFalse();
        assertThat(state).doesNotExist();
    }

    @Test
    void some_in_a_row_and_four_at_once_are_ready_and_gone() throws Exception {
        for (long number = 100; number < 100 + IN_A_ROW; number++) {
            backend.make(plan(number));
            backend.awaitReady(attempt(number), PATIENCE);
            backend.destroy(attempt(number));
            assertThat(backend.survey()).isEmpty();
        }
        List<CompletableFuture<Address>> all = LongStream.range(200, 200 + AT_ONCE)
                .mapToObj(number -> CompletableFuture.supplyAsync(
                        () -> {
                            backend.make(plan(number));
                            try {
                                return backend.awaitReady(attempt(number), PATIENCE);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        Thread::startVirtualThread))
                .toList();
        assertThat(all.stream().map(CompletableFuture::join).map(Address::hostKey))
                .doesNotHaveDuplicates()
                .hasSize(AT_ONCE);
        IntStream.range(200, 200 + AT_ONCE).mapToObj(QemuWarmTest::attempt).forEach(backend::destroy);
        assertThat(backend.survey()).isEmpty();
    }
}
