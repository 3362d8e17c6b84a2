package dev.mayfly.platform.probe;

import static dev.mayfly.platform.probe.CapabilityState.ACTIVE;
import static dev.mayfly.platform.probe.CapabilityState.DEGRADED;
import static dev.mayfly.platform.probe.CapabilityState.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.platform.probe.HostNetwork.Answer;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.nats.NatsOptions;
import dev.mayfly.testkit.nats.NatsServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsProbeTest {
    @TempDir
    Path temp;

    private FakeMachine machine;

    @BeforeEach
    void a_machine_with_nats() {
        machine = new FakeMachine(temp.resolve("root"));
    }

    private Capability told(String info, Optional<String> monitorPage) {
        machine.network.put("queue.example:4222", new Answer.Said("INFO " + info + "\r\n"));
        monitorPage.ifPresent(page -> machine.network.put(
                "queue.example:8222", new Answer.Said("HTTP/1.0 200 OK\r\nServer: x\r\n\r\n" + page)));
        return NatsProbe.examine(
                machine.host(), "nats://queue.example", monitorPage.map(page -> "http://queue.example:8222"));
    }

    private static final String GOOD = "{\"server_id\":\"N1\",\"version\":\"2.12.1\",\"jetstream\":true}";

    @Test
    void what_is_older_than_2_10_is_refused_with_the_reason() {
        Capability old = told("{\"version\":\"2.9.10\",\"jetstream\":true}", Optional.empty());
        assertThat(old.state()).isEqualTo(UNAVAILABLE);
        assertThat(old.evidence()).contains("version 2.9.10").contains("brings acknowledged messages back");
        assertThat(old.fix()).startsWith("go install ");
        assertThat(told("{\"version\":\"2.10.0\",\"jetstream\":true}", Optional.empty())
                        .state())
                .isEqualTo(DEGRADED);
    }

    @Test
    void without_jetstream_there_is_no_queue() {
        Capability none = told("{\"version\":\"2.12.1\",\"auth_required\":true}", Optional.empty());
        assertThat(none.state()).isEqualTo(UNAVAILABLE);
        assertThat(none.evidence()).contains("JetStream is not enabled").contains("asks for credentials");
    }

    @Test
    void a_page_that_tells_of_another_server_or_of_nothing_proves_nothing() {
        String other = "{\"server_id\":\"N2\",\"config\":{\"sync_always\":true}}";
        assertThat(told(GOOD, Optional.of(other)).evidence()).contains("does not tell of this server");
        assertThat(told(GOOD, Optional.of("not JSON")).evidence()).contains("does not tell of this server");
        assertThat(told(GOOD, Optional.of("{\"server_id\":\"N1\"}")).evidence()).contains("page does not tell");
        assertThat(told(GOOD, Optional.of("{\"server_id\":\"N1\",\"config\":{\"sync_always\":true}}"))
                        .state())
                .isEqualTo(ACTIVE);
    }

    @Test
    void what_is_not_nats_is_said_to_be_none() {
        assertThat(told("{\"no\":\"version\"}", Optional.empty()).evidence()).endsWith("not as NATS does");
        assertThat(told("{broken", Optional.empty()).evidence()).endsWith("not as NATS does");
    }

    private Capability asked(NatsServer server, boolean monitor) {
        Map<String, String> services = monitor
                ? Map.of("nats", server.url(), "nats-monitor", server.monitorUrl())
                : Map.of("nats", server.url());
        return new ServiceProbe().examine(Host.real(temp, services)).getFirst();
    }

    @Test
    void a_real_server_that_writes_at_once_is_durable() throws Exception {
        NatsOptions options = NatsOptions.plain()
                .jetStream("sync_interval: always")
                .config("max_payload: 65536")
                .withMonitor();
        try (NatsServer server = NatsServer.start(Needs.natsServer(), temp, options)) {
            Capability nats = asked(server, true);
            assertThat(nats.state()).as(nats.evidence()).isEqualTo(ACTIVE);
            assertThat(nats.evidence())
                    .contains("messages of 65536 bytes at most, JetStream, acknowledged writes are on disk");
        }
    }

    @Test
    void a_real_server_with_its_defaults_can_lose_what_it_acknowledged() throws Exception {
        NatsOptions options = NatsOptions.plain().withMonitor();
        try (NatsServer server = NatsServer.start(Needs.natsServer(), temp, options)) {
            Capability nats = asked(server, true);
            assertThat(nats.state()).isEqualTo(DEGRADED);
            assertThat(nats.evidence()).contains("an fsync every 120 s").contains("a killed process loses none");
            assertThat(nats.fix()).contains("sync_interval: always");

            Capability unasked = asked(server, false);
            assertThat(unasked.state()).isEqualTo(DEGRADED);
            assertThat(unasked.evidence()).contains("not known: ask with nats.monitor; the default is an fsync");
        }
    }

    @Test
    void a_real_server_that_is_too_old_is_refused() throws Exception {
        try (NatsServer server = NatsServer.start(Needs.oldNatsServer(), temp)) {
            assertThat(asked(server, false).state()).isEqualTo(UNAVAILABLE);
        }
    }
}
