package dev.mayfly.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.Boxes;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.choose.Preference;
import dev.mayfly.sandbox.net.HostSide;
import dev.mayfly.sandbox.net.MediatedNetworks;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Slot and mediator together: what a job reaches through the whole stack, and what the next one then does not. */
@Timeout(60)
class NetworkedSlotTest {
    /** One host name on one port; the mediator resolves it to this test's own server. */
    private record OneHost(String host, int port) implements NetGrant {
        @Override
        public boolean deniesAll() {
            return false;
        }

        @Override
        public boolean permitsName(String name, int asked) {
            return name.equals(host) && asked == port;
        }

        @Override
        public boolean permitsLookup(String name) {
            return name.equals(host);
        }

        @Override
        public boolean permitsAddress(InetAddress address, int asked) {
            return address.isLoopbackAddress() && asked == port;
        }

        @Override
        public Set<Integer> loopbackPorts() {
            return Set.of(port);
        }
    }

    private static final String GREET = "bash -c 'exec 3<>/dev/tcp/%s/%d && head -n1 <&3'";

    @Test
    void a_granted_name_is_reached_everything_else_is_refused_and_counted(@TempDir Path state) throws Exception {
        Needs.linux();
        Needs.root();
        HostSide host = new HostSide();
        SlotNetworks networks = MediatedNetworks.choose(
                name -> List.of(InetAddress.getLoopbackAddress()), address -> host.dial(address), host);
        Needs.that(
                networks.layer().state() == LayerState.ACTIVE,
                "net-mediation",
                networks.layer().reason());
        Leaks leaks = Leaks.snapshot(InstanceId.current().name());
        HostBackends backends =
                new HostBackends(BuiltLauncher.locate(), state, 1, Duration.ofSeconds(20), networks, "Linux");
        try (Greeter greeter = new Greeter();
                Backend backend = backends.choose(Preference.NATIVE).backend()) {
            int port = greeter.port();
            OneHost grant = new OneHost("greeter.example", port);
            Execution denied = backend.run(
                    Boxes.sh(GREET.formatted("192.0.2.7", 80) + "; " + GREET.formatted("greeter.example", port))
                            .spec());
            assertThat(text(denied)).isEmpty();
            assertThat(denied.violations())
                    .anyMatch(v -> v.rule().equals("net.default") && v.subject().equals("tcp 192.0.2.7:80"));

            for (int i = 0; i < 3; i++) {
                Execution granted = backend.run(
                        Boxes.sh(GREET.formatted("greeter.example", port) + "; " + GREET.formatted("192.0.2.8", 81))
                                .net(grant)
                                .spec());
                assertThat(text(granted))
                        .as(new String(granted.stderr().head(), StandardCharsets.UTF_8))
                        .isEqualTo("hello\n");
                assertThat(granted.network())
                        .anyMatch(d -> d.allowed() && d.subject().contains("greeter.example"));
                assertThat(granted.violations()).anyMatch(v -> v.subject().equals("tcp 192.0.2.8:81"));
            }

            Execution after = backend.run(
                    Boxes.sh(GREET.formatted("greeter.example", port) + "; " + GREET.formatted("198.18.0.1", port))
                            .spec());
            assertThat(text(after)).isEmpty();
            assertThat(after.violations()).isNotEmpty();
        }
        leaks.assertUnchanged();
    }

    /** What the failure has left in launcher, files and sockets belongs to another run than the next. */
    @Test
    void a_slot_whose_run_failed_in_an_unforeseen_way_is_not_used_again(@TempDir Path state) throws Exception {
        Needs.linux();
        Needs.root();
        AtomicInteger opened = new AtomicInteger();
        SlotNetworks failing = new SlotNetworks() {
            @Override
            public SlotNetwork open(long launcherPid) {
                boolean first = opened.incrementAndGet() == 1;
                return new SlotNetwork() {
                    @Override
                    public void arm(NetGrant grant) {}

                    @Override
                    public NetEvidence disarm() {
                        if (first) {
                            throw new IllegalStateException("thrown by the test");
                        }
                        return NetEvidence.NOTHING;
                    }

                    @Override
                    public void close() {}
                };
            }

            @Override
            public LayerReport layer() {
                return new LayerReport("net-mediation", true, LayerState.ACTIVE, "of the test");
            }
        };
        HostBackends backends =
                new HostBackends(BuiltLauncher.locate(), state, 1, Duration.ofSeconds(20), failing, "Linux");
        try (Backend backend = backends.choose(Preference.NATIVE).backend()) {
            assertThatThrownBy(() -> backend.run(Boxes.sh("echo first").spec()))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(text(backend.run(Boxes.sh("echo second").spec()))).isEqualTo("second\n");
            assertThat(opened).hasValue(2);
        }
    }

    private static String text(Execution execution) {
        return new String(execution.stdout().head(), StandardCharsets.UTF_8);
    }

    /** Says hello to whoever connects to it on the host's loopback. */
    private static final class Greeter implements AutoCloseable {
        private final ServerSocket server = new ServerSocket();

        Greeter() throws IOException {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofVirtual().start(this::serve);
        }

        int port() {
            return server.getLocalPort();
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // Closed at the end of the test, or the mediator went away first.
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
