package dev.mayfly.bench.control;

import dev.mayfly.bench.control.PlayedFleet.Standing;
import dev.mayfly.fleet.remote.ManyCalls.Shown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was promised, what stands on hosts and what the server says, held against each other by somebody who is none of them.
 *
 * @param lost promised to a caller, and no host has it at work
 * @param doubled stands twice, or its script was started twice
 * @param stopped stood before and does not any more, though nobody wanted it gone
 * @param disagreed the server says something else of it than its host, or one of them does not know it
 */
public record Comparison(long lost, long doubled, long stopped, long disagreed) {

    /**
     * @param promised names of runners whose callers were told that they are ready
     * @param before what stood before the server died
     * @param twice scripts that were started twice, and identities that were given twice, over the whole time
     */
    public static Comparison of(
            Set<String> promised, List<Standing> before, List<Standing> now, List<Shown> shown, long twice) {
        Map<String, List<Standing>> byName = new HashMap<>();
        now.forEach(each ->
                byName.computeIfAbsent(each.name(), _ -> new ArrayList<>()).add(each));
        long lost = promised.stream()
                .filter(name -> byName.getOrDefault(name, List.of()).stream().noneMatch(each -> each.begun() > 0))
                .count();
        long doubled = twice
                + byName.values().stream()
                        .filter(all -> all.size() > 1 || all.stream().anyMatch(each -> each.begun() > 1))
                        .count();
        Set<String> machines = new HashSet<>();
        now.forEach(each -> machines.add(each.machine()));
        long stopped = before.stream()
                .filter(each -> each.begun() > 0 && !machines.contains(each.machine()))
                .count();
        return new Comparison(lost, doubled, stopped, disagreed(byName, shown));
    }

    private static long disagreed(Map<String, List<Standing>> byName, List<Shown> shown) {
        long wrong = 0;
        Set<String> known = new HashSet<>();
        for (Shown each : shown) {
            known.add(each.name());
            boolean same = byName.getOrDefault(each.name(), List.of()).stream()
                    .anyMatch(there -> there.runner().equals(each.id())
                            && there.fence() == each.fence()
                            && there.agent().equals(each.agent())
                            && there.machine().equals(each.machine())
                            && (there.begun() > 0) == each.state().equals("running"));
            wrong += same ? 0 : 1;
        }
        return wrong
                + byName.keySet().stream().filter(name -> !known.contains(name)).count();
    }
}
