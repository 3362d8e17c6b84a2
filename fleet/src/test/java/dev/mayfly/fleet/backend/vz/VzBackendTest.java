package dev.mayfly.fleet.backend.vz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.BackendContract;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.image.TemplateStore;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.runner.GuestState;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every back end, with real holders, real SSH and real HTTP, and a framework and guests that are played. */
class VzBackendTest extends BackendContract {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    Path folder;

    private Template template;
    private Leaks leaks;

    @BeforeEach
    void makeTemplate() throws IOException {
        Path from = Files.createDirectory(folder.resolve("from"));
        Files.writeString(from.resolve("Disk.img"), "a disk of macOS");
        Files.writeString(from.resolve("AuxiliaryStorage"), "its boot loader");
        Files.writeString(from.resolve("HardwareModel.json"), "{\"hardwareModel\":\"bW9kZWw=\"}");
        template = new TemplateStore(folder.resolve("t")).take(from, "macos", "runner", _ -> {});
        leaks = Leaks.snapshot(folder.toString());
    }

    @AfterEach
    void nothingIsLeft() {
        try (Backend backend = open()) {
            backend.survey().forEach(backend::destroy);
        }
        leaks.assertUnchanged(Duration.ofSeconds(30));
        assertThat(folder.resolve("r")).isEmptyDirectory();
        assertThat(Template.verified(template.folder()).digest())
                .as("the template is as it was")
                .isEqualTo(template.digest());
    }

    @Override
    protected Backend open() {
        List<String> holder = List.of(
                JAVA.toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PlayedHolder.class.getName());
        return VzBackend.open(
                new VzSettings(
                        holder,
                        template,
                        folder.resolve("r"),
                        folder.resolve("identifiers"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "127.0.0.1",
                        1L << 30),
                Ticker.system(),
                Log.off());
    }

    private Path bundle(Attempt attempt) throws IOException {
        return Bundle.of(folder.resolve("r").toRealPath(), attempt).folder();
    }

    @Override
    protected void kill(Attempt attempt) throws Exception {
        long pid = Long.parseLong(
                Files.readString(bundle(attempt).resolve(VzHolder.PROCESS)).strip());
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().get();
    }

    @Override
    protected void use(Backend backend) throws Exception {
        assertThat(backend.guest(ATTEMPT).state()).isEqualTo(GuestState.OFFLINE);
        assertThat(backend.run(ATTEMPT, "echo $((6 * 7))", "", PATIENCE).output())
                .isEqualTo("42\n");
        try (InputStream disk = Files.newInputStream(bundle(ATTEMPT).resolve("Disk.img"))) {
            assertThat(new String(disk.readNBytes(15), StandardCharsets.UTF_8)).isEqualTo("a disk of macOS");
        }
        assertThat(bundle(ATTEMPT).resolve("AuxiliaryStorage")).hasContent("its boot loader");
        assertThat(Files.size(bundle(ATTEMPT).resolve("MachineIdentifier"))).isEqualTo(16);
        assertThat(backend.template().orElseThrow().name()).isEqualTo("macos");
    }

    @Test
    void a_third_machine_of_macOS_is_refused_with_the_reason_and_two_have_nothing_in_common() throws Exception {
        List<Attempt> three = List.of(
                ATTEMPT, new Attempt(new RunnerId("b"), new Fence(18)), new Attempt(new RunnerId("c"), new Fence(19)));
        try (Backend backend = open()) {
            assertThat(backend.refusal(ResourceType.NANO)).isEmpty();
            backend.make(plan(three.get(0)));
            backend.make(plan(three.get(1)));
            assertThat(backend.refusal(ResourceType.NANO))
                    .hasValueSatisfying(why -> assertThat(why).contains("2 machines of macOS", "licence"));
            assertThatThrownBy(() -> backend.make(plan(three.get(2))))
                    .isInstanceOfSatisfying(
                            MayflyException.class,
                            failure -> assertThat(failure.why()).contains("licence"));
            assertThat(backend.survey()).containsExactlyInAnyOrder(three.get(0), three.get(1));
            assertThat(backend.awaitReady(three.get(0), PATIENCE).hostKey())
                    .isNotEqualTo(backend.awaitReady(three.get(1), PATIENCE).hostKey());
            assertThat(Files.readAllLines(folder.resolve("identifiers")))
                    .hasSize(2)
                    .doesNotHaveDuplicates();
            backend.destroy(three.get(0));
            assertThat(backend.refusal(ResourceType.NANO)).isEmpty();
            backend.make(plan(three.get(2)));
            assertThat(backend.awaitReady(three.get(2), PATIENCE).port()).isPositive();
            assertThat(Files.readAllLines(folder.resolve("identifiers")))
                    .hasSize(3)
                    .doesNotHaveDuplicates();
        }
    }

    // --- what the framework may say --------------------------------------------------------------------------------

    private Path parts() throws IOException {
        Path bundle = Files.createDirectory(folder.resolve("b"));
        for (String name : List.of(VirtualMachine.DISK, VirtualMachine.SEED, VzTemplate.AUXILIARY)) {
            Files.writeString(bundle.resolve(name), name);
        }
        Files.createDirectories(folder.resolve("r"));
        return bundle;
    }

    private VzRecipe recipe(String model) {
        return new VzRecipe(
                2,
                4L << 30,
                model,
                "02:00:00:00:11:00",
                folder.resolve("identifiers").toString());
    }

    private static PlayedFramework framework() {
        return new PlayedFramework((_, _) -> () -> {});
    }

    @Test
    void a_machine_is_started_and_stopped_on_its_queue() throws Exception {
        VirtualMachine machine = VirtualMachine.make(framework(), parts(), recipe("bW9kZWw="));
        assertThat(machine.state()).isEqualTo(VirtualMachine.State.STOPPED);
        machine.start();
        assertThat(machine.state()).isEqualTo(VirtualMachine.State.RUNNING);
        machine.stop();
        assertThat(machine.state()).isEqualTo(VirtualMachine.State.STOPPED);
    }

    @Test
    void an_identifier_that_a_machine_had_is_never_used_again() throws Exception {
        Path bundle = parts();
        PlayedFramework framework = framework();
        framework.nextIdentifier = Optional.of("c2FtZQ==");
        VirtualMachine.make(framework, bundle, recipe("bW9kZWw="));
        PlayedFramework again = framework();
        again.nextIdentifier = Optional.of("c2FtZQ==");
        assertThatThrownBy(() -> VirtualMachine.make(again, bundle, recipe("bW9kZWw=")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another machine of this host had");
    }

    @Test
    void what_the_framework_does_not_take_is_said_as_it_says_it() throws Exception {
        Path bundle = parts();
        assertThatThrownBy(() -> VirtualMachine.make(framework(), bundle, recipe("b3RoZXI=")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the hardware that the template was installed on");
        PlayedFramework old = framework();
        old.missing = "VZMacOSBootLoader";
        assertThatThrownBy(() -> VirtualMachine.make(old, bundle, recipe("bW9kZWw=")))
                .hasMessageContaining("no VZMacOSBootLoader")
                .hasMessageContaining("macOS 13");
        PlayedFramework full = framework();
        full.startError = Optional.of(6L);
        VirtualMachine machine = VirtualMachine.make(full, bundle, recipe("bW9kZWw="));
        assertThatThrownBy(machine::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("VZErrorDomain 6")
                .hasMessageContaining("two guests of macOS at a time");
        Files.delete(bundle.resolve(VirtualMachine.DISK));
        assertThatThrownBy(() -> VirtualMachine.make(framework(), bundle, recipe("bW9kZWw=")))
                .hasMessageContaining("Disk.img cannot be attached")
                .hasMessageContaining("VZErrorDomain 5");
    }

    @Test
    void a_template_that_is_not_of_macOS_is_refused_with_what_it_lacks() throws IOException {
        Path from = folder.resolve("from");
        Files.delete(from.resolve("AuxiliaryStorage"));
        TemplateStore store = new TemplateStore(folder.resolve("t"));
        Template lacking = store.take(from, "lacking", "runner", _ -> {});
        invalid(lacking, "AuxiliaryStorage");
        Files.writeString(from.resolve("AuxiliaryStorage"), "x");
        int number = 0;
        for (String model : Arrays.asList("", "{}", "{\"hardwareModel\":\"\"}", "{\"hardwareModel\":\"%%%\"}", "[1]")) {
            Files.writeString(from.resolve("HardwareModel.json"), model);
            String name = "t" + number++;
            invalid(store.take(from, name, "runner", _ -> {}), "HardwareModel.json");
        }
        Files.createDirectories(folder.resolve("r"));
    }

    private static void invalid(Template template, String what) {
        assertThatThrownBy(() -> VzTemplate.of(template)).isInstanceOfSatisfying(MayflyException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID);
            assertThat(failure.why()).contains(what);
            assertThat(failure.fix()).contains("mayfly fleet template import");
        });
    }
}
