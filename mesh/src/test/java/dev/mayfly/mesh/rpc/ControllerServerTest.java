package dev.mayfly.mesh.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.secret.Token;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.control.Clos;
import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.control.Registry;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.controller.ControllerOptions;
import dev.mayfly.mesh.controller.HealthQuestion;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.exchange.VerdictCounts;
import dev.mayfly.mesh.judge.JudgeOptions;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.proto.mesh.ControllerGrpc;
import dev.mayfly.proto.mesh.HealthReply;
import dev.mayfly.proto.mesh.HealthRequest;
import dev.mayfly.proto.mesh.rpingmesh.AgentRegistrationRequest;
import dev.mayfly.proto.mesh.rpingmesh.ControllerServiceGrpc;
import dev.mayfly.proto.mesh.rpingmesh.PathSummary;
import dev.mayfly.proto.mesh.rpingmesh.PinglistRequest;
import dev.mayfly.proto.mesh.rpingmesh.PinglistType;
import dev.mayfly.proto.mesh.rpingmesh.ProbeAnalysisReport;
import dev.mayfly.proto.mesh.rpingmesh.RnicInfo;
import dev.mayfly.rpc.Tls;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import dev.mayfly.testkit.Certificates;
import io.grpc.ManagedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents and others speak to a controller over a real connection. */
class ControllerServerTest {
    private static final Token TOKEN = new Token("word");

    @TempDir
    Path temp;

    private final Clos clos = new Clos(2, 3, 3, 8);
    private SqliteStore store;
    private Controller controller;
    private ControllerServer server;
    private RemoteController link;

    @BeforeEach
    void start() {
        store = SqliteStore.open(
                temp.resolve("mesh.db"), Registry.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off());
        open();
    }

    private void open() {
        open(Tls.NONE, Tls.NONE);
    }

    private void open(Tls ofServer, Tls ofClients) {
        ControllerOptions options = new ControllerOptions(
                new PinglistOptions(2, 0.99, 5, 10, 1),
                JudgeOptions.USUAL,
                Pace.USUAL,
                Duration.ofMinutes(15),
                Map.of());
        controller = new Controller(new Registry(store), options, Ticker.system(), Clock.systemUTC(), Log.off());
        server = ControllerServer.start(
                controller, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.of(TOKEN), ofServer);
        link = link(TOKEN, ofClients);
    }

    private RemoteController link(Token token) {
        return link(token, Tls.NONE);
    }

    private RemoteController link(Token token, Tls tls) {
        return RemoteController.lazy("127.0.0.1", server.port(), Optional.of(token), tls);
    }

    private void shut() {
        link.close();
        server.close();
        controller.close();
    }

    @AfterEach
    void end() {
        shut();
        store.close();
    }

    private void registerAll() {
        clos.registrations().forEach(link::register);
    }

    private static Registration reborn(Registration before) {
        Card old = before.cards().getFirst();
        Card card = new Card(
                old.address(), old.queuePair() + 7777, old.queueKey(), old.device(), old.tor(), old.sourcePorts());
        return new Registration(before.agent(), before.host(), List.of(card));
    }

    @Test
    void with_certificates_an_agent_registers_only_as_the_host_and_addresses_that_its_own_names() throws Exception {
        Certificates certificates = Certificates.make(temp.resolve("tls"), "server", "agent");
        shut();
        open(tls(certificates, "server"), tls(certificates, "agent"));
        Registration other = clos.registration(0, 0);
        Card card = other.cards().getFirst();
        Card own = new Card(
                IpAddress.parse("127.0.0.1"),
                card.queuePair(),
                card.queueKey(),
                card.device(),
                card.tor(),
                card.sourcePorts());
        refused(ErrorCode.CONFLICT, () -> link.register(other));
        refused(ErrorCode.CONFLICT, () -> link.register(new Registration(other.agent(), "localhost", other.cards())));
        link.register(new Registration(other.agent(), "localhost", List.of(own)));
        try (RemoteController plain = link(TOKEN)) {
            refused(ErrorCode.SERVICE_UNREACHABLE, () -> plain.register(other));
        }
    }

    private static Tls tls(Certificates certificates, String name) {
        return new Tls(
                Optional.of(new Tls.Own(certificates.certificate(name), certificates.key(name))),
                Optional.of(certificates.authority()));
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void a_queue_pair_that_changed_is_told_to_those_who_probe_it_without_being_asked() throws Exception {
        registerAll();
        LinkedBlockingQueue<Pinglist> lists = new LinkedBlockingQueue<>();
        Runnable unwatch = link.watchPinglists(Clos.agent(0, 0), lists::add, () -> {});
        Pinglist first = lists.poll(10, TimeUnit.SECONDS);
        assertThat(first.targets()).hasSize(7);

        link.register(reborn(clos.registration(0, 1)));
        Pinglist second = lists.poll(10, TimeUnit.SECONDS);
        assertThat(second.version()).isGreaterThan(first.version());
        int now = Clos.queuePair(0, 1) + 7777;
        assertThat(second.targets())
                .extracting(target -> target.peer().queuePair())
                .contains(now);
        assertThat(second.peers()).extracting(peer -> peer.queuePair()).contains(now);

        // What changes nothing is told to nobody.
        link.register(reborn(clos.registration(0, 1)));
        assertThat(lists.poll(300, TimeUnit.MILLISECONDS)).isNull();
        unwatch.run();
    }

    @Test
    void an_agent_that_is_not_known_is_asked_to_register_and_a_restarted_controller_knows_all() {
        AgentReport empty = new AgentReport(Clos.agent(1, 1), 1, List.of(), List.of(), List.of(), 1, 0, 0);
        assertThat(link.report(empty)).isFalse();
        registerAll();
        assertThat(link.report(empty)).isTrue();
        shut();
        open();
        assertThat(controller.inventory().cards()).hasSize(9);
        assertThat(controller.pinglists(Clos.agent(2, 2))).hasSize(1);
        assertThat(link.report(empty)).isTrue();
    }

    @Test
    void who_does_not_know_the_token_or_takes_the_address_of_a_live_agent_is_not_let_in() {
        registerAll();
        try (RemoteController stranger = link(new Token("guess"))) {
            assertThatThrownBy(() -> stranger.register(clos.registration(0, 0)))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_PROTOCOL));
        }
        Registration thief =
                new Registration("thief", "thief", clos.registration(0, 0).cards());
        assertThatThrownBy(() -> link.register(thief))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    private void report(long now, int lost) {
        for (int leaf = 0; leaf < 3; leaf++) {
            for (int host = 0; host < 3; host++) {
                int to = (host + 1) % 3;
                boolean at = leaf == 0 && (host == 1 || to == 1);
                Flow flow = new Flow(Clos.card(leaf, host), Clos.card(leaf, to), 0xC000);
                AgentReport.Row row = new AgentReport.Row(
                        flow, Clos.queuePair(leaf, to), now, at ? VerdictCounts.of(0, 0, lost) : VerdictCounts.of(5));
                Sketch sketch = new Sketch();
                sketch.add(12_345);
                AgentReport.Lengths lengths = new AgentReport.Lengths(flow.from(), flow.to(), sketch, sketch, sketch);
                assertThat(link.report(new AgentReport(
                                Clos.agent(leaf, host), now, List.of(row), List.of(lengths), List.of(), 1, 0, 0)))
                        .isTrue();
            }
        }
    }

    private HealthReply health(ManagedChannel channel, int leaf, int host) throws Exception {
        return ControllerGrpc.newBlockingV2Stub(channel)
                .health(HealthRequest.newBuilder()
                        .setCard(Words.address(Clos.card(leaf, host)))
                        .build());
    }

    @Test
    void a_card_that_loses_its_probes_is_unhealthy_and_the_question_takes_less_than_ten_milliseconds()
            throws Exception {
        registerAll();
        ManagedChannel channel = Channels.open("127.0.0.1", server.port(), Optional.of(TOKEN), Tls.NONE);
        try {
            assertThat(health(channel, 0, 1).getHealthy()).isTrue();
            LinkedBlockingQueue<HealthReply> watched = new LinkedBlockingQueue<>();
            var stream = ControllerGrpc.newBlockingV2Stub(channel)
                    .watchHealth(HealthRequest.newBuilder()
                            .setCard(Words.address(Clos.card(0, 1)))
                            .build());
            Thread.startVirtualThread(() -> {
                try {
                    for (HealthReply next = stream.read(); next != null; next = stream.read()) {
                        watched.add(next);
                    }
                } catch (Exception e) {
                    // The end of the test.
                }
            });
            assertThat(watched.poll(10, TimeUnit.SECONDS).getHealthy()).isTrue();
            HealthReply told = null;
            for (long i = 0; told == null && i < 100; i++) {
                report(System.nanoTime(), 3);
                told = watched.poll(100, TimeUnit.MILLISECONDS);
            }
            assertThat(told.getHealthy()).isFalse();
            assertThat(link.health(new HealthQuestion.Everything()))
                    .isEqualTo(
                            HealthWords.value(HealthWords.message(controller.health(new HealthQuestion.Everything()))))
                    .satisfies(all -> assertThat(all.incidents()).isNotEmpty());
            assertThat(told.getIncidents(0).getComponent()).isEqualTo("card eth0 of host H0-1");
            assertThat(health(channel, 0, 1).getHealthy()).isFalse();
            assertThat(health(channel, 2, 1).getHealthy()).isTrue();

            long best = Long.MAX_VALUE;
            for (int i = 0; i < 200; i++) {
                long began = System.nanoTime();
                health(channel, 0, 1);
                best = Math.min(best, System.nanoTime() - began);
            }
            assertThat(best).isLessThan(10_000_000);
            assertThat(controller
                            .totals()
                            .pairs()
                            .values()
                            .iterator()
                            .next()
                            .network()
                            .quantile(0.5))
                    .isBetween(12_000L, 12_700L);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void an_open_source_agent_registers_gets_its_list_and_reports() throws Exception {
        registerAll();
        ManagedChannel channel = Channels.open("127.0.0.1", server.port(), Optional.of(TOKEN), Tls.NONE);
        try {
            var theirs = ControllerServiceGrpc.newBlockingV2Stub(channel);
            String gid = "::ffff:10.1.1.99";
            assertThat(theirs.registerAgent(AgentRegistrationRequest.newBuilder()
                                    .setAgentId("theirs")
                                    .setHostname("theirs")
                                    .setTorId("L1")
                                    .addRnics(RnicInfo.newBuilder()
                                            .setGid(gid)
                                            .setQpn(77)
                                            .setDeviceName("mlx5_0"))
                                    .build())
                            .getSuccess())
                    .isTrue();
            var within = theirs.getPinglist(PinglistRequest.newBuilder()
                    .setAgentId("theirs")
                    .setRequesterGid(gid)
                    .setType(PinglistType.TOR_MESH)
                    .build());
            assertThat(within.getTargetsList())
                    .extracting(each -> each.getTargetTorId())
                    .containsOnly("L1");
            assertThat(within.getTargetsList()).hasSize(3);
            var across = theirs.getPinglist(PinglistRequest.newBuilder()
                    .setAgentId("theirs")
                    .setRequesterGid(gid)
                    .setType(PinglistType.INTER_TOR)
                    .build());
            assertThat(across.getTargetsList()).hasSize(5).allSatisfy(each -> {
                assertThat(each.getTargetTorId()).isNotEqualTo("L1");
                assertThat(each.getFlowLabelCount()).isEqualTo(115);
            });
            // Ours answer it.
            assertThat(controller.pinglists(Clos.agent(1, 0)).getFirst().peers())
                    .extracting(peer -> peer.queuePair())
                    .contains(77);
            var ack = theirs.reportProbeAnalysis(ProbeAnalysisReport.newBuilder()
                    .setAgentId("theirs")
                    .addSummaries(PathSummary.newBuilder()
                            .setSourceGid(gid)
                            .setTargetGid(Clos.card(1, 0).toString())
                            .setTargetQpn(Clos.queuePair(1, 0))
                            .setWindowStartUnixNs(System.currentTimeMillis() * 1_000_000)
                            .setProbeTotal(10)
                            .setProbeSuccess(9)
                            .setProbeFailed(1))
                    .build());
            assertThat(ack.getAccepted()).isTrue();
            assertThat(ack.getSlaViolations()).isEqualTo(1);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void any_bytes_are_answered_and_the_controller_goes_on() {
        registerAll();
        Random random = new Random(9);
        ManagedChannel channel = Channels.open("127.0.0.1", server.port(), Optional.of(TOKEN), Tls.NONE);
        try {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                dev.mayfly.proto.mesh.AgentReport report;
                try {
                    report = dev.mayfly.proto.mesh.AgentReport.parseFrom(bytes);
                } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                    continue;
                }
                try {
                    ControllerGrpc.newBlockingV2Stub(channel).report(report);
                } catch (io.grpc.StatusException e) {
                    assertThat(e.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
                }
            }
        } finally {
            channel.shutdownNow();
        }
        assertThat(link.report(new AgentReport(Clos.agent(0, 0), 1, List.of(), List.of(), List.of(), 1, 0, 0)))
                .isTrue();
    }
}
