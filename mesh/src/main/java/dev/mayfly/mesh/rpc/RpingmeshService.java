package dev.mayfly.mesh.rpc;

import static dev.mayfly.mesh.rpc.ControllerService.answer;

import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.control.Inventory;
import dev.mayfly.mesh.control.LabelCount;
import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.ProbeKind;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.exchange.VerdictCounts;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.proto.mesh.rpingmesh.AgentRegistrationRequest;
import dev.mayfly.proto.mesh.rpingmesh.AgentRegistrationResponse;
import dev.mayfly.proto.mesh.rpingmesh.ControllerServiceGrpc;
import dev.mayfly.proto.mesh.rpingmesh.PathSummary;
import dev.mayfly.proto.mesh.rpingmesh.PingTarget;
import dev.mayfly.proto.mesh.rpingmesh.PinglistRequest;
import dev.mayfly.proto.mesh.rpingmesh.PinglistResponse;
import dev.mayfly.proto.mesh.rpingmesh.PinglistType;
import dev.mayfly.proto.mesh.rpingmesh.ProbeAnalysisAck;
import dev.mayfly.proto.mesh.rpingmesh.ProbeAnalysisReport;
import dev.mayfly.proto.mesh.rpingmesh.RnicInfo;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32;

/**
 * What open-source R-Pingmesh agents ask, so that they can join. They say no queue key, have no source ports of their own and
 * sum over all paths to a target, so what they report tells cards and leaves apart, and not links.
 */
final class RpingmeshService extends ControllerServiceGrpc.ControllerServiceImplBase {
    /** What their controller calls a violation. */
    private static final double LOSS = 0.02;

    private static final long P99_NANOS = 500_000;
    private static final int MOST_SUMMARIES = 256;

    private final Controller controller;
    private final Clock clock = Clock.systemUTC();

    RpingmeshService(Controller controller) {
        this.controller = controller;
    }

    @Override
    public void registerAgent(AgentRegistrationRequest request, StreamObserver<AgentRegistrationResponse> to) {
        answer(to, () -> {
            Registration registration = new Registration(
                    request.getAgentId(),
                    request.getHostname(),
                    request.getRnicsList().stream()
                            .map(rnic -> card(rnic, request.getTorId()))
                            .toList());
            Identity.ofThisCall().ifPresent(identity -> identity.allow(registration));
            controller.register(registration);
            return AgentRegistrationResponse.newBuilder()
                    .setSuccess(true)
                    .setMessage("registered")
                    .build();
        });
    }

    private static Card card(RnicInfo rnic, String torOfAgent) {
        return new Card(
                IpAddress.parse(rnic.getGid()),
                rnic.getQpn(),
                Agent.QUEUE_KEY,
                rnic.getDeviceName(),
                rnic.getTorId().isEmpty() ? torOfAgent : rnic.getTorId(),
                List.of());
    }

    @Override
    public void getPinglist(PinglistRequest request, StreamObserver<PinglistResponse> to) {
        answer(to, () -> {
            IpAddress card = IpAddress.parse(request.getRequesterGid());
            ProbeKind kind = request.getType() == PinglistType.INTER_TOR ? ProbeKind.INTER_TOR : ProbeKind.TOR_MESH;
            Inventory inventory = controller.inventory();
            var out = PinglistResponse.newBuilder().setType(request.getType());
            controller.heartbeat(request.getAgentId());
            controller.pinglists(request.getAgentId()).stream()
                    .filter(list -> list.card().equals(card))
                    .flatMap(list -> list.targets().stream())
                    .filter(target -> target.kind() == kind)
                    .forEach(target -> inventory
                            .find(target.peer().address())
                            .ifPresent(placed -> out.addTargets(target(card, target, placed))));
            return out.build();
        });
    }

    private static PingTarget target(IpAddress from, Pinglist.Target target, Inventory.Placed placed) {
        PinglistOptions usual = PinglistOptions.USUAL;
        int port = target.sourcePorts().getFirst();
        return PingTarget.newBuilder()
                .setTargetGid(placed.address().toString())
                .setTargetQpn(target.peer().queuePair())
                .setTargetIp(placed.address().toString())
                .setTargetHostname(placed.host())
                .setTargetTorId(placed.card().tor())
                .setTargetDeviceName(placed.card().device())
                .setSourcePort(port)
                // Labels below 2^14 fold to the port that ends in the same bits.
                .setFlowLabel(port & 0x3FFF)
                .setFlowLabelCount(
                        target.kind() == ProbeKind.TOR_MESH ? 1 : LabelCount.needed(usual.paths(), usual.coverage()))
                .setFlowLabelSeed(seed(from, placed.address()))
                .build();
    }

    /** The same for two cards each time. */
    private static int seed(IpAddress from, IpAddress to) {
        CRC32 crc = new CRC32();
        crc.update(from.toInetAddress().getAddress());
        crc.update(to.toInetAddress().getAddress());
        return (int) crc.getValue();
    }

    @Override
    public void reportProbeAnalysis(ProbeAnalysisReport request, StreamObserver<ProbeAnalysisAck> to) {
        answer(to, () -> {
            if (request.getSummariesCount() > MOST_SUMMARIES) {
                throw new IllegalArgumentException("more than " + MOST_SUMMARIES + " summaries");
            }
            Instant now = clock.instant();
            AgentReport report = new AgentReport(
                    request.getAgentId(),
                    now.getEpochSecond() * 1_000_000_000 + now.getNano(),
                    request.getSummariesList().stream()
                            .map(RpingmeshService::row)
                            .toList(),
                    List.of(),
                    List.of(),
                    1,
                    0,
                    0);
            boolean accepted = controller.report(report);
            int violations = (int) request.getSummariesList().stream()
                    .filter(RpingmeshService::violates)
                    .count();
            return ProbeAnalysisAck.newBuilder()
                    .setAccepted(accepted)
                    .setSlaViolations(violations)
                    .build();
        });
    }

    private static AgentReport.Row row(PathSummary summary) {
        Flow flow = new Flow(IpAddress.parse(summary.getSourceGid()), IpAddress.parse(summary.getTargetGid()), 0);
        // In the order of verdicts: ok, late, lost, ack1-only, corrupt, send-error, invalid.
        VerdictCounts counts = VerdictCounts.of(
                summary.getProbeSuccess(), 0, summary.getProbeFailed(), 0, 0, 0, summary.getInvalidRttCount());
        return new AgentReport.Row(flow, summary.getTargetQpn(), summary.getWindowStartUnixNs(), counts);
    }

    private static boolean violates(PathSummary summary) {
        return summary.getProbeFailed() > LOSS * summary.getProbeTotal() || summary.getNetworkRttP99Ns() > P99_NANOS;
    }
}
