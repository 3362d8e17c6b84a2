package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.endpoint.AnswerLimit;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.EndpointCounts;
import dev.mayfly.mesh.endpoint.Neighbours;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.probe.AdaptiveTimeout;
import dev.mayfly.mesh.probe.OutcomeSink;
import dev.mayfly.mesh.probe.ProbeOutcome;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.soft.LocalAddress;
import dev.mayfly.mesh.soft.Soft;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Network;
import dev.mayfly.mesh.wire.Roce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code mayfly mesh respond}: answers probes of other hosts until it is told to stop. */
final class RespondOperations {
    private static final int MOST_PEERS = 256;
    private static final int PORTS = 16;
    private static final int QUEUE_PAIRS = 0xFFFFFF;
    private static final long KEYS = 0xFFFFFFFFL;
    /** So that an interrupt is noticed. */
    private static final long TURN_NANOS = 100_000_000;

    private RespondOperations() {}

    static int respond(HandedWords words, MeshSession session) {
        IpAddress address = address(words);
        List<Network> networks = networks(words, address);
        int queuePair = (int) words.number("--queue-pair", 0, QUEUE_PAIRS, Peer.BY_HAND);
        int key = (int) words.number("--queue-key", 0, KEYS, Peer.USUAL_KEY);
        // Those that ping uses first, so that answers are likely to go back as the probes came.
        List<Integer> ports = IntStream.range(Roce.FIRST_SOURCE_PORT, Roce.FIRST_SOURCE_PORT + PORTS)
                .boxed()
                .toList();
        Soft.Choice choice = TransportWords.open(words, address, ports, key);
        try (Transport transport = choice.transport()) {
            ProbeTable none = new ProbeTable(0, 1, AdaptiveTimeout.Bounds.USUAL, Duration.ofSeconds(1), new NoProbes());
            Endpoint endpoint = new Endpoint(
                    transport,
                    new Endpoint.Self(queuePair, key, ports, AnswerLimit.USUAL),
                    none,
                    Ticker.system(),
                    new Neighbours(networks, MOST_PEERS));
            ready(words, session, address, networks, transport, endpoint.queuePair());
            while (!Thread.interrupted()) {
                endpoint.turn(TURN_NANOS);
            }
            end(words, session, endpoint.counts());
        }
        return ExitCode.GREEN.number();
    }

    private static IpAddress address(HandedWords words) {
        Optional<String> typed = words.text("--address");
        if (typed.isPresent()) {
            return HostWords.address(typed.get(), Optional.empty());
        }
        List<IpAddress> all = LocalAddress.all();
        List<IpAddress> v4 = all.stream()
                .filter(each -> each.family() == IpAddress.Family.IPV4)
                .toList();
        if (v4.size() == 1) {
            return v4.getFirst();
        }
        throw new MayflyException(
                ErrorCode.USAGE,
                "on which address?",
                all.isEmpty()
                        ? "this host has none that others reach"
                        : "this host has "
                                + all.stream().map(IpAddress::toString).collect(Collectors.joining(", ")),
                "say it: mayfly mesh respond --address " + (all.isEmpty() ? "127.0.0.1" : all.getFirst()));
    }

    /** Those that were named, else the one that the address is in: whoever is answered can be sent answers by forgers. */
    private static List<Network> networks(HandedWords words, IpAddress address) {
        List<Network> named = new ArrayList<>();
        for (String text : words.texts("--peer")) {
            try {
                named.add(Network.parse(text));
            } catch (IllegalArgumentException e) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "--peer does not understand '" + text + "'",
                        "it takes an address or a network",
                        "for example: --peer 10.1.0.7 --peer 10.2.0.0/16",
                        e);
            }
        }
        return named.isEmpty() ? LocalAddress.networksOf(address) : named;
    }

    private static void ready(
            HandedWords words,
            MeshSession session,
            IpAddress address,
            List<Network> networks,
            Transport transport,
            int queuePair) {
        String whom = networks.stream().map(Network::toString).collect(Collectors.joining(", "));
        session.voice()
                .result(
                        words.on("--json")
                                ? JsonWriter.compact(JsonObject.of()
                                        .with("ready", address.toString())
                                        .with("peers", whom)
                                        .with("queue_pair", queuePair)
                                        .with("stamps", transport.stamping().word()))
                                : "answering probes to " + address + " from " + whom
                                        + (queuePair == Peer.BY_HAND ? "" : ", queue pair " + queuePair)
                                        + ", stamps of the "
                                        + transport.stamping().word() + "; Ctrl-C ends it");
    }

    private static void end(HandedWords words, MeshSession session, EndpointCounts counts) {
        session.voice()
                .result(
                        words.on("--json")
                                ? JsonWriter.compact(JsonObject.of()
                                        .with("answered", counts.answered())
                                        .with("refused", counts.refused())
                                        .with("throttled", counts.throttled())
                                        .with("damaged", counts.damaged())
                                        .with("foreign", counts.foreign()))
                                : "answered " + counts.answered() + " probes; refused " + counts.refused()
                                        + ", above the limit " + counts.throttled() + ", damaged " + counts.damaged()
                                        + ", foreign " + counts.foreign());
    }

    /** It sends none. */
    private static final class NoProbes implements OutcomeSink {
        @Override
        public void settled(ProbeOutcome outcome) {}

        @Override
        public void revised(ProbeOutcome before, ProbeOutcome now) {}

        @Override
        public void forgotten(int target, long startedNanos) {}
    }
}
