package dev.mayfly.platform.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.probe.HostNetwork.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probes on the machine the tests run on. */
@Tag("native")
class RealMachineTest {
    @TempDir
    Path state;

    @Test
    void every_capability_has_evidence_and_what_is_missing_has_a_fix() throws IOException {
        DoctorReport report = Doctor.examine(Host.real(state.resolve("not/yet/there"), Map.of()));

        assertThat(report.capabilities()).allSatisfy(each -> {
            assertThat(each.evidence()).as(each.name()).isNotBlank().doesNotContain("the probe itself failed");
            assertThat(each.fix().isEmpty()).as(each.name()).isEqualTo(each.state() == CapabilityState.ACTIVE);
        });
        try (Stream<Path> left = Files.list(state)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void the_built_launcher_is_found_and_runs() {
        LauncherBinary launcher = LauncherBinary.locate();
        assumeTrue(
                launcher instanceof LauncherBinary.Found,
                "not run here: launcher: it was not built, probably for want of a C compiler");
        DoctorReport report = Doctor.examine(Host.real(state, Map.of()));
        assertThat(report.find("launcher").orElseThrow().state()).isEqualTo(CapabilityState.ACTIVE);
    }

    @Test
    void the_kernel_answers_what_it_is_asked() {
        assumeTrue("Linux".equals(System.getProperty("os.name")), "not run here: Linux: another operating system");
        RealKernel kernel = new RealKernel();
        assertThat(kernel.open(Path.of("/dev/null")).ok()).isTrue();
        assertThat(kernel.open(Path.of("/dev/no-such-device")).errno().name()).isEqualTo("ENOENT");
        assertThat(kernel.kvmVersion(Path.of("/dev/null")).errno().name()).isEqualTo("ENOTTY");
        assertThat(kernel.seccompAction(0x12340000).errno().name()).isIn("EOPNOTSUPP", "ENOSYS");
        assertThat(kernel.superUser()).isEqualTo("root".equals(System.getProperty("user.name")));
        assertThat(kernel.reflink(Path.of("/proc")).ok()).isFalse();
    }

    @Test
    void a_command_is_bounded_in_time_and_output() {
        RealCommands commands = new RealCommands(Duration.ofSeconds(20));
        assertThat(commands.find("sh")).isPresent();
        assertThat(commands.find("no-such-program-anywhere")).isEmpty();
        assertThat(commands.run(List.of("sh", "-c", "echo out; echo err >&2; exit 3")))
                .isEqualTo(new HostCommands.Outcome(3, "out\nerr\n"));
        assertThat(commands.run(List.of("/no/such/program")).status()).isEqualTo(127);
        assertThat(commands.run(List.of("sh", "-c", "yes | head -c 1000000")).output())
                .hasSize(1 << 16);

        RealCommands hurried = new RealCommands(Duration.ofMillis(300));
        long started = System.nanoTime();
        assertThat(hurried.run(List.of("sh", "-c", "sleep 60 & sleep 60")))
                .isEqualTo(new HostCommands.Outcome(124, "no end after 300 ms"));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void a_peer_is_asked_and_heard() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread peer = Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept();
                        OutputStream out = socket.getOutputStream()) {
                    byte[] asked = socket.getInputStream().readNBytes(2);
                    out.write(("you said " + new String(asked, StandardCharsets.US_ASCII))
                            .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            InetSocketAddress address = InetSocketAddress.createUnresolved("127.0.0.1", server.getLocalPort());
            assertThat(new RealNetwork().ask(address, "hi")).isEqualTo(new Answer.Said("you said hi"));
            peer.join();
        }
        assertThat(new RealNetwork().ask(InetSocketAddress.createUnresolved("127.0.0.1", 1), ""))
                .isInstanceOf(Answer.Silent.class);
    }
}
