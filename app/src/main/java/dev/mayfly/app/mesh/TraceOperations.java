package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.soft.KernelHops;
import dev.mayfly.mesh.soft.Soft;
import dev.mayfly.mesh.trace.Hops;
import dev.mayfly.mesh.trace.PathTrace;
import dev.mayfly.mesh.trace.TracedPath;
import dev.mayfly.mesh.trace.TracedPath.End;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code mayfly mesh trace}. */
final class TraceOperations {
    private static final int USUAL_PORTS = 8;
    private static final int USUAL_HOPS = 16;
    private static final int MOST_HOPS = 64;

    private TraceOperations() {}

    static int trace(HandedWords words, MeshSession session) throws InterruptedException {
        String system = System.getProperty("os.name", "");
        if (!Soft.kernelStamps(system, Machine.current())) {
            throw new MayflyException(
                    ErrorCode.NOT_FOUND,
                    "the way of probes cannot be seen from this machine",
                    "what routers say about them is read on Linux on x86-64 and aarch64 only; this is " + system,
                    "run it on Linux");
        }
        HostWords host = HostWords.of(words, "--ports", USUAL_PORTS);
        int mostHops = (int) words.number("--max-hops", 1, MOST_HOPS, USUAL_HOPS);
        List<TracedPath> paths;
        try (Hops hops = KernelHops.open(host.from(), host.peer(), host.ports())) {
            paths = new PathTrace(hops, host.peer().address(), host.ports(), Ticker.system()).run(mostHops);
        }
        session.voice().result(words.on("--json") ? json(host, paths) : text(host, paths));
        boolean reached = paths.stream().anyMatch(path -> path.end() == End.ANSWERED || path.end() == End.NOBODY_THERE);
        return (reached ? ExitCode.GREEN : ExitCode.UNAVAILABLE).number();
    }

    /** Ports by the way they take, the first port of each first. */
    private static Map<List<Optional<IpAddress>>, List<TracedPath>> ways(List<TracedPath> paths) {
        return paths.stream()
                .collect(Collectors.groupingBy(TracedPath::addresses, LinkedHashMap::new, Collectors.toList()));
    }

    private static String text(HostWords host, List<TracedPath> paths) {
        Map<List<Optional<IpAddress>>, List<TracedPath>> ways = ways(paths);
        StringBuilder out = new StringBuilder("from " + host.from() + " to " + host.shown() + ": " + paths.size()
                + " source ports, " + ways.size() + (ways.size() == 1 ? " way" : " ways") + "\n");
        int number = 1;
        boolean gaps = false;
        for (List<TracedPath> same : ways.values()) {
            out.append("\nway ").append(number++).append(", ports ");
            out.append(
                    same.stream().map(path -> String.valueOf(path.sourcePort())).collect(Collectors.joining(" ")));
            out.append('\n');
            TracedPath first = same.getFirst();
            for (int i = 0; i < first.hops().size(); i++) {
                TracedPath.Hop hop = first.hops().get(i);
                gaps |= hop.address().isEmpty();
                out.append("  ").append(i + 1 < 10 ? " " : "").append(i + 1).append("  ");
                out.append(hop.address().map(IpAddress::toString).orElse("*"));
                if (hop.nanos() > 0) {
                    out.append("  ").append(PingVoice.micros(hop.nanos()).strip());
                }
                out.append('\n');
            }
            out.append("      ").append(ends(same)).append('\n');
        }
        if (gaps) {
            out.append("\n* said nothing in three tries; routers limit how often they do (Linux: icmp_ratelimit)\n");
        }
        return out.toString().stripTrailing();
    }

    private static String ends(List<TracedPath> same) {
        return same.stream().map(path -> path.end().words()).distinct().collect(Collectors.joining(", "));
    }

    private static String json(HostWords host, List<TracedPath> paths) {
        List<List<Optional<IpAddress>>> ways = new ArrayList<>(ways(paths).keySet());
        List<JsonValue> items = new ArrayList<>();
        for (TracedPath path : paths) {
            List<JsonValue> hops = new ArrayList<>();
            for (TracedPath.Hop hop : path.hops()) {
                hops.add(JsonObject.of()
                        .with(
                                "address",
                                hop.address()
                                        .map(address -> (JsonValue) new JsonString(address.toString()))
                                        .orElse(new JsonNull()))
                        .with("rtt_ns", hop.nanos()));
            }
            items.add(JsonObject.of()
                    .with("source_port", path.sourcePort())
                    .with("way", ways.indexOf(path.addresses()) + 1)
                    .with("end", path.end().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .with("hops", new JsonArray(hops)));
        }
        return JsonWriter.pretty(JsonObject.of()
                .with("from", host.from().toString())
                .with("to", host.peer().address().toString())
                .with("ways", ways.size())
                .with("paths", new JsonArray(items)));
    }
}
