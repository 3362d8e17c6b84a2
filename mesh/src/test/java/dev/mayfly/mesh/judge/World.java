package dev.mayfly.mesh.judge;

import dev.mayfly.mesh.control.Clos;
import dev.mayfly.mesh.control.FabricMap;
import dev.mayfly.mesh.control.PathBook;
import dev.mayfly.mesh.control.PinglistMaker;
import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.control.ServiceBook;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.VerdictCounts;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Agents that report, as time is told to pass, what a fabric with a fault makes of their probes. */
final class World {
    static final long MS = 1_000_000;
    private static final long STEP = 200 * MS;

    final Clos clos = new Clos(2, 3, 3, 8);
    final PathBook paths = new PathBook();
    final FabricMap map;
    final IncidentBook book = new IncidentBook(JudgeOptions.USUAL.quiet());
    final List<Incident> opened = new ArrayList<>();
    final List<Incident> renamed = new ArrayList<>();
    final ServiceBook services = new ServiceBook();
    final List<Incident> ended = new ArrayList<>();
    private final Judge judge;
    private final Map<IpAddress, Pinglist> lists;
    private final Random random = new Random(11);
    private final Map<Flow, Double> debts = new HashMap<>();
    long now = 1_000_000 * MS;
    /** Agents that report and neither probe nor answer, with for how long they say that has been so. */
    final Map<String, Long> stalled = new HashMap<>();

    /** What becomes of a probe. */
    interface Fate {
        Verdict of(Flow flow, List<String> crossed, Random random);
    }

    World() {
        lists = PinglistMaker.make(clos.inventory(), new PinglistOptions(2, 0.99, 5, 10, 1), 1)
                .lists();
        lists.forEach((from, list) -> list.traces()
                .forEach(trace -> trace.sourcePorts()
                        .forEach(port -> paths.learn(clos.path(new Flow(from, trace.target(), port))))));
        map = FabricMap.of(clos.inventory(), paths, Map.of());
        judge = new Judge(JudgeOptions.USUAL, map, paths);
    }

    private List<String> crossed(Flow flow) {
        List<String> names = new ArrayList<>();
        for (int each : map.roundTrip(flow, paths).orElseThrow()) {
            names.add(map.describe(each).name());
        }
        return names;
    }

    /** Lets so much time pass. Who is silent neither reports nor answers. */
    void pass(double seconds, Fate fate, String... silent) {
        List<String> away = List.of(silent);
        for (long end = now + (long) (seconds * 1e9); now < end; now += STEP) {
            Map<String, List<AgentReport.Row>> rows = new LinkedHashMap<>();
            clos.registrations().forEach(each -> rows.put(each.agent(), new ArrayList<>()));
            lists.values()
                    .forEach(list -> list.targets().forEach(target -> {
                        String agent = "H" + (list.card().low() >> 8 & 0xFF) + "-"
                                + ((list.card().low() & 0xFF) - 1);
                        String other = "H" + (target.peer().address().low() >> 8 & 0xFF) + "-"
                                + ((target.peer().address().low() & 0xFF) - 1);
                        for (int port : target.sourcePorts()) {
                            Flow flow = new Flow(list.card(), target.peer().address(), port);
                            double due = debts.getOrDefault(flow, random.nextDouble())
                                    + target.perSecond() / target.sourcePorts().size() * STEP / 1e9;
                            debts.put(flow, due - Math.floor(due));
                            Map<Verdict, Integer> counts = new HashMap<>();
                            for (int i = 1; i <= due; i++) {
                                Verdict verdict =
                                        away.contains(other) ? Verdict.LOST : fate.of(flow, crossed(flow), random);
                                counts.merge(verdict, 1, Integer::sum);
                            }
                            if (!counts.isEmpty()) {
                                rows.get(agent)
                                        .add(new AgentReport.Row(
                                                flow,
                                                target.peer().queuePair(),
                                                now - STEP,
                                                new VerdictCounts(counts)));
                            }
                        }
                    }));
            rows.forEach((agent, told) -> {
                if (!away.contains(agent)) {
                    judge.add(
                            new AgentReport(
                                    agent, now, told, List.of(), List.of(), 1, 0, stalled.getOrDefault(agent, 0L)),
                            now);
                }
            });
            Instant wall = Instant.ofEpochMilli(now / MS);
            book.suspect(judge.suspect(now), wall);
            List<Blame> blames = judge.judge(now);
            IncidentBook.Changes changes = book.judged(blames, judge.lookedFar(), map, this::touched, now, wall);
            changes.ended().forEach(each -> judge.sound(each.component(), now));
            opened.addAll(changes.opened());
            renamed.addAll(changes.renamed());
            ended.addAll(changes.ended());
        }
    }

    private List<String> touched(Blame blame) {
        return blame.number() < 0 ? List.of() : services.crossing(blame.number(), map, paths);
    }

    static Fate sound() {
        return (flow, crossed, random) -> Verdict.OK;
    }

    static Fate losing(String component, double share) {
        return (flow, crossed, random) ->
                crossed.contains(component) && random.nextDouble() < share ? Verdict.LOST : Verdict.OK;
    }

    Optional<Incident> only() {
        return book.open().size() == 1 ? Optional.of(book.open().getFirst()) : Optional.empty();
    }
}
