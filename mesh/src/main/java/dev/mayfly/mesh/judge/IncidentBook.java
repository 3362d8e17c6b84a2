package dev.mayfly.mesh.judge;

import dev.mayfly.mesh.control.FabricMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Incidents with hysteresis: one opens when two judgments blame its component, or sixteen when others are as likely: a second
 * more of probes mostly tells them apart. It closes when nothing that the component explains was lost for a while. A component has one incident at a time. When later judgments blame a part of it, or
 * what it is a part of, it is the same incident with a better name.
 */
public final class IncidentBook {
    private static final int SURE = 8;
    private static final int ENOUGH = 2 * SURE;
    private static final int KEPT = 1000;
    private static final Duration STALE = Duration.ofSeconds(2);
    private static final double MUCH = 0.1;
    /** By then a loss that went on would have shown with a probability of 0.999. */
    private static final double WHILES = 7;

    private final Duration quiet;
    private final Map<Long, Open> open = new LinkedHashMap<>();
    private final Map<Set<String>, Integer> votes = new HashMap<>();
    private final Map<String, Suspicion> suspected = new HashMap<>();
    private final Deque<Incident> closed = new ArrayDeque<>();
    private long lastId;

    private record Suspicion(Instant since, Instant last) {}

    private record Open(Incident incident, Blame blame, long lastBad) {}

    /** What changed. */
    public record Changes(List<Incident> opened, List<Incident> renamed, List<Incident> ended) {
        public Changes {
            opened = List.copyOf(opened);
            renamed = List.copyOf(renamed);
            ended = List.copyOf(ended);
        }

        public boolean none() {
            return opened.isEmpty() && renamed.isEmpty() && ended.isEmpty();
        }
    }

    public IncidentBook(Duration quiet) {
        this.quiet = quiet;
    }

    /** Remembers since when a component is suspected. */
    public void suspect(List<Blame> blames, Instant now) {
        for (Blame blame : blames) {
            suspected.merge(blame.name(), new Suspicion(now, now), (known, _) -> new Suspicion(known.since(), now));
        }
        // Which of several is the likeliest changes with each probe at first.
        suspected.values().removeIf(each -> each.last().plus(STALE).isBefore(now));
    }

    /** Tells which services a component touches. */
    @FunctionalInterface
    public interface Impact {
        Impact NONE = _ -> List.of();

        /** @param blame of the fabric of now */
        List<String> services(Blame blame);
    }

    /**
     * @param whole whether nothing was left out, so that who is not blamed is not
     * @param nanos the same moment as now, on the clock of the judge
     */
    public Changes judged(List<Blame> blames, boolean whole, FabricMap map, Impact impact, long nanos, Instant now) {
        List<Incident> opened = new ArrayList<>();
        List<Incident> renamed = new ArrayList<>();
        if (whole) {
            votes.keySet().retainAll(blames.stream().map(Blame::suspects).collect(Collectors.toSet()));
        }
        for (Blame blame : blames) {
            int count = votes.merge(blame.suspects(), blame.sure() ? SURE : 1, Integer::sum);
            Optional<Open> known = open.values().stream()
                    .filter(each -> same(each, blame, map))
                    .findFirst();
            if (known.isPresent()) {
                boolean other = !known.get().incident().component().equals(blame.name())
                        || known.get().incident().fault() != blame.fault();
                // What was lost before it was mended looks like less and less of what crossed it.
                boolean more = blame.lastBad() > known.get().lastBad();
                if (other ? count >= ENOUGH : more) {
                    Incident told = incident(known.get().incident(), blame, impact);
                    boolean graver = told.priority().number()
                            < known.get().incident().priority().number();
                    open.put(
                            told.id(),
                            new Open(told, blame, Math.max(known.get().lastBad(), blame.lastBad())));
                    if (other || graver) {
                        renamed.add(told);
                    }
                }
            } else if (count >= ENOUGH) {
                Incident told = opened(blame, impact, now);
                open.put(told.id(), new Open(told, blame, blame.lastBad()));
                opened.add(told);
            }
        }
        return new Changes(opened, renamed, ended(nanos, now));
    }

    private static boolean same(Open known, Blame blame, FabricMap map) {
        if (known.incident().component().equals(blame.name())) {
            return true;
        }
        // Numbers are those of one fabric; after it has changed only names tell.
        boolean numbered = known.blame().number() >= 0
                && blame.number() >= 0
                && known.blame().number() < map.fabric().components()
                && map.describe(known.blame().number())
                        .name()
                        .equals(known.incident().component());
        return numbered && map.related(known.blame().number(), blame.number());
    }

    private List<Incident> ended(long nanos, Instant now) {
        List<Incident> ended = new ArrayList<>();
        open.values().removeIf(each -> {
            if (nanos - each.lastBad() <= patience(each.blame())) {
                return false;
            }
            ended.add(each.incident().closedAt(now));
            return true;
        });
        for (Incident each : ended) {
            closed.addFirst(each);
            if (closed.size() > KEPT) {
                closed.removeLast();
            }
        }
        return ended;
    }

    /** What loses one probe in a while must lose none for several such whiles. */
    private long patience(Blame blame) {
        double between = blame.bad() == 0 ? 0 : blame.over() * 1e9 / blame.bad();
        return Math.max(quiet.toNanos(), (long) (WHILES * between));
    }

    private Incident opened(Blame blame, Impact impact, Instant now) {
        Instant since = Stream.concat(Stream.of(blame.name()), blame.candidates().stream())
                .flatMap(name -> Optional.ofNullable(suspected.get(name)).stream())
                .map(Suspicion::since)
                .min(Instant::compareTo)
                .orElse(now);
        return incident(
                new Incident(
                        ++lastId,
                        blame.name(),
                        blame.kind(),
                        blame.fault(),
                        Incident.Priority.P2,
                        "",
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        since,
                        now,
                        Optional.empty()),
                blame,
                impact);
    }

    /** As grave as it ever was. */
    private static Incident.Priority priority(Incident before, Blame blame, List<String> services) {
        boolean network = !blame.fault().ofHost();
        Incident.Priority now = network && !services.isEmpty()
                ? Incident.Priority.P0
                : network && blame.share() >= MUCH ? Incident.Priority.P1 : Incident.Priority.P2;
        return now.compareTo(before.priority()) < 0 ? now : before.priority();
    }

    private static Incident incident(Incident before, Blame blame, Impact impact) {
        List<String> services = impact.services(blame);
        return new Incident(
                before.id(),
                blame.name(),
                blame.kind(),
                blame.fault(),
                priority(before, blame, services),
                blame.why(),
                blame.share(),
                blame.candidates(),
                blame.cards().stream().map(Object::toString).toList(),
                services,
                before.suspected(),
                before.opened(),
                before.closed());
    }

    /** Oldest first. */
    public List<Incident> open() {
        return open.values().stream().map(Open::incident).toList();
    }

    /** Newest first. */
    public List<Incident> closed() {
        return List.copyOf(closed);
    }

    /** Since when components are suspected that have no incident. */
    public Map<String, Instant> suspected() {
        return suspected.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, each -> each.getValue().since()));
    }
}
