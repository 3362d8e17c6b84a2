package dev.mayfly.mesh.rpc;

import com.google.protobuf.ByteString;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.AgentReport.LearnedPath;
import dev.mayfly.mesh.exchange.AgentReport.Lengths;
import dev.mayfly.mesh.exchange.AgentReport.Row;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.ProbeKind;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.exchange.ServiceFlow;
import dev.mayfly.mesh.exchange.ServicesSeen;
import dev.mayfly.mesh.exchange.VerdictCounts;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.proto.mesh.CardReport;
import dev.mayfly.proto.mesh.FlowCounts;
import dev.mayfly.proto.mesh.TargetReport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Our values as messages, and back. What comes from others is checked by the values; {@code IllegalArgumentException}. */
final class Words {
    private static final int MOST_ROWS = 200_000;
    private static final long LONGEST_STALL = Duration.ofHours(1).toNanos();
    private static final int MOST_BUCKETS = 2_000;

    private Words() {}

    static ByteString address(IpAddress address) {
        return ByteString.copyFrom(address.toInetAddress().getAddress());
    }

    static IpAddress address(ByteString bytes) {
        if (bytes.size() != 4 && bytes.size() != 16) {
            throw new IllegalArgumentException("an address of " + bytes.size() + " bytes");
        }
        try {
            return IpAddress.of(InetAddress.getByAddress(bytes.toByteArray()));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static dev.mayfly.proto.mesh.Registration message(Registration registration) {
        var out = dev.mayfly.proto.mesh.Registration.newBuilder()
                .setAgent(registration.agent())
                .setHost(registration.host());
        for (Card card : registration.cards()) {
            out.addCards(dev.mayfly.proto.mesh.Card.newBuilder()
                    .setAddress(address(card.address()))
                    .setQueuePair(card.queuePair())
                    .setQueueKey(card.queueKey())
                    .setDevice(card.device())
                    .setTor(card.tor())
                    .addAllSourcePorts(card.sourcePorts()));
        }
        return out.build();
    }

    static Registration value(dev.mayfly.proto.mesh.Registration message) {
        return new Registration(
                message.getAgent(),
                message.getHost(),
                message.getCardsList().stream()
                        .map(card -> new Card(
                                address(card.getAddress()),
                                card.getQueuePair(),
                                card.getQueueKey(),
                                card.getDevice(),
                                card.getTor(),
                                card.getSourcePortsList()))
                        .toList());
    }

    static dev.mayfly.proto.mesh.Pinglist message(Pinglist list) {
        var out = dev.mayfly.proto.mesh.Pinglist.newBuilder()
                .setCard(address(list.card()))
                .setVersion(list.version());
        for (Pinglist.Target target : list.targets()) {
            out.addTargets(dev.mayfly.proto.mesh.Target.newBuilder()
                    .setAddress(address(target.peer().address()))
                    .setQueuePair(target.peer().queuePair())
                    .setQueueKey(target.peer().queueKey())
                    .setKind(kind(target.kind()))
                    .addAllSourcePorts(target.sourcePorts())
                    .setPerSecond(target.perSecond()));
        }
        for (Peer peer : list.peers()) {
            out.addPeers(dev.mayfly.proto.mesh.Peer.newBuilder()
                    .setAddress(address(peer.address()))
                    .setQueuePair(peer.queuePair())
                    .setQueueKey(peer.queueKey()));
        }
        for (Pinglist.Trace trace : list.traces()) {
            out.addTraces(dev.mayfly.proto.mesh.Trace.newBuilder()
                    .setAddress(address(trace.target()))
                    .addAllSourcePorts(trace.sourcePorts()));
        }
        return out.build();
    }

    static Pinglist value(dev.mayfly.proto.mesh.Pinglist message) {
        return new Pinglist(
                address(message.getCard()),
                message.getVersion(),
                message.getTargetsList().stream()
                        .map(target -> new Pinglist.Target(
                                new Peer(address(target.getAddress()), target.getQueuePair(), target.getQueueKey()),
                                kind(target.getKind()),
                                target.getSourcePortsList(),
                                target.getPerSecond()))
                        .toList(),
                message.getPeersList().stream()
                        .map(peer -> new Peer(address(peer.getAddress()), peer.getQueuePair(), peer.getQueueKey()))
                        .toList(),
                message.getTracesList().stream()
                        .map(trace -> new Pinglist.Trace(address(trace.getAddress()), trace.getSourcePortsList()))
                        .toList());
    }

    private static dev.mayfly.proto.mesh.ProbeKind kind(ProbeKind kind) {
        return switch (kind) {
            case TOR_MESH -> dev.mayfly.proto.mesh.ProbeKind.TOR_MESH;
            case INTER_TOR -> dev.mayfly.proto.mesh.ProbeKind.INTER_TOR;
            case SERVICE -> dev.mayfly.proto.mesh.ProbeKind.SERVICE;
        };
    }

    /** A kind of a later release is probed as any other. */
    private static ProbeKind kind(dev.mayfly.proto.mesh.ProbeKind kind) {
        return switch (kind) {
            case TOR_MESH -> ProbeKind.TOR_MESH;
            case SERVICE -> ProbeKind.SERVICE;
            case INTER_TOR, PROBE_KIND_UNSPECIFIED, UNRECOGNIZED -> ProbeKind.INTER_TOR;
        };
    }

    /** Rows name their target by its place, which is most of their length. */
    private static final class CardWords {
        private final CardReport.Builder out = CardReport.newBuilder();
        private final Map<Target, Integer> places = new LinkedHashMap<>();
        private final List<TargetReport.Builder> targets = new ArrayList<>();

        private record Target(IpAddress address, int queuePair) {}

        private CardWords(IpAddress card) {
            out.setCard(address(card));
        }

        private int place(IpAddress to, int queuePair) {
            return places.computeIfAbsent(new Target(to, queuePair), _ -> {
                targets.add(TargetReport.newBuilder().setAddress(address(to)).setQueuePair(queuePair));
                return targets.size() - 1;
            });
        }

        private CardReport build() {
            targets.forEach(out::addTargets);
            return out.build();
        }
    }

    static dev.mayfly.proto.mesh.AgentReport message(AgentReport report) {
        Map<IpAddress, CardWords> cards = new LinkedHashMap<>();
        for (Row row : report.rows()) {
            CardWords card = cards.computeIfAbsent(row.flow().from(), CardWords::new);
            int[] counts = row.counts().inOrder();
            card.out.addFlows(FlowCounts.newBuilder()
                    .setTarget(card.place(row.flow().to(), row.queuePair()))
                    .setSourcePort(row.flow().sourcePort())
                    .setStartNanos(row.startNanos())
                    .setOk(counts[0])
                    .setLate(counts[1])
                    .setLost(counts[2])
                    .setAck1Only(counts[3])
                    .setCorrupt(counts[4])
                    .setSendError(counts[5])
                    .setInvalid(counts[6]));
        }
        for (Lengths lengths : report.lengths()) {
            CardWords card = cards.computeIfAbsent(lengths.from(), CardWords::new);
            card.targets.add(TargetReport.newBuilder()
                    .setAddress(address(lengths.to()))
                    .setNetwork(message(lengths.network()))
                    .setResponder(message(lengths.responder()))
                    .setProber(message(lengths.prober())));
        }
        for (LearnedPath path : report.paths()) {
            var learned = dev.mayfly.proto.mesh.LearnedPath.newBuilder()
                    .setAddress(address(path.flow().to()))
                    .setSourcePort(path.flow().sourcePort());
            path.hops().forEach(hop -> learned.addHops(hop.map(Words::address).orElse(ByteString.EMPTY)));
            cards.computeIfAbsent(path.flow().from(), CardWords::new).out.addPaths(learned);
        }
        var out = dev.mayfly.proto.mesh.AgentReport.newBuilder()
                .setAgent(report.agent())
                .setNowNanos(report.nowNanos())
                .setPace(report.pace())
                .setDropped(report.dropped())
                .setStalledNanos(report.stalledNanos());
        cards.values().forEach(card -> out.addCards(card.build()));
        report.services().ifPresent(seen -> out.setServices(message(seen)));
        return out.build();
    }

    private static dev.mayfly.proto.mesh.Services message(ServicesSeen seen) {
        var out = dev.mayfly.proto.mesh.Services.newBuilder()
                .setUnrouted(seen.unrouted())
                .setMissed(seen.missed())
                .setPortsMissing(seen.portsMissing());
        for (ServiceFlow each : seen.flows()) {
            out.addFlows(dev.mayfly.proto.mesh.ServiceFlow.newBuilder()
                    .setFrom(address(each.flow().from()))
                    .setTo(address(each.flow().to()))
                    .setSourcePort(each.flow().sourcePort())
                    .setService(each.service()));
        }
        return out.build();
    }

    private static ServicesSeen value(dev.mayfly.proto.mesh.Services message) {
        return new ServicesSeen(
                message.getFlowsList().stream()
                        .map(each -> new ServiceFlow(
                                new Flow(address(each.getFrom()), address(each.getTo()), each.getSourcePort()),
                                each.getService()))
                        .toList(),
                message.getUnrouted(),
                message.getMissed(),
                message.getPortsMissing());
    }

    static AgentReport value(dev.mayfly.proto.mesh.AgentReport message) {
        List<Row> rows = new ArrayList<>();
        List<Lengths> lengths = new ArrayList<>();
        List<LearnedPath> paths = new ArrayList<>();
        for (CardReport card : message.getCardsList()) {
            IpAddress from = address(card.getCard());
            List<IpAddress> to = card.getTargetsList().stream()
                    .map(target -> address(target.getAddress()))
                    .toList();
            for (FlowCounts flow : card.getFlowsList()) {
                if (rows.size() >= MOST_ROWS || flow.getTarget() < 0 || flow.getTarget() >= to.size()) {
                    throw new IllegalArgumentException("a row of a target that is not there, or too many of them");
                }
                rows.add(new Row(
                        new Flow(from, to.get(flow.getTarget()), flow.getSourcePort()),
                        card.getTargets(flow.getTarget()).getQueuePair(),
                        flow.getStartNanos(),
                        VerdictCounts.of(
                                flow.getOk(),
                                flow.getLate(),
                                flow.getLost(),
                                flow.getAck1Only(),
                                flow.getCorrupt(),
                                flow.getSendError(),
                                flow.getInvalid())));
            }
            for (int i = 0; i < to.size(); i++) {
                TargetReport target = card.getTargets(i);
                if (target.hasNetwork()) {
                    lengths.add(new Lengths(
                            from,
                            to.get(i),
                            sketch(target.getNetwork()),
                            sketch(target.getResponder()),
                            sketch(target.getProber())));
                }
            }
            card.getPathsList()
                    .forEach(path -> paths.add(new LearnedPath(
                            new Flow(from, address(path.getAddress()), path.getSourcePort()),
                            path.getHopsList().stream()
                                    .map(hop -> hop.isEmpty() ? Optional.<IpAddress>empty() : Optional.of(address(hop)))
                                    .toList())));
        }
        double pace = message.getPace() > 0 && message.getPace() <= 1 ? message.getPace() : 1;
        return new AgentReport(
                message.getAgent(),
                message.getNowNanos(),
                rows,
                lengths,
                paths,
                pace,
                message.getDropped(),
                Math.clamp(message.getStalledNanos(), 0, LONGEST_STALL),
                message.hasServices() ? Optional.of(value(message.getServices())) : Optional.empty());
    }

    private static dev.mayfly.proto.mesh.Sketch message(Sketch sketch) {
        var out = dev.mayfly.proto.mesh.Sketch.newBuilder()
                .setFirst(sketch.first())
                .setMostNanos(sketch.most());
        for (long bucket : sketch.buckets()) {
            out.addBuckets(bucket);
        }
        return out.build();
    }

    private static Sketch sketch(dev.mayfly.proto.mesh.Sketch message) {
        if (message.getBucketsCount() > MOST_BUCKETS) {
            throw new IllegalArgumentException(message.getBucketsCount() + " buckets");
        }
        return Sketch.of(
                message.getFirst(),
                message.getBucketsList().stream().mapToLong(Long::longValue).toArray(),
                message.getMostNanos());
    }
}
