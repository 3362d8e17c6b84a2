package dev.mayfly.env.gc.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the processes of a campaign have printed, in microseconds.
 *
 * @param alone of writers before anybody collected
 * @param together of writers while somebody collects
 * @param reports of collections
 */
record Findings(Times alone, Times together, List<String> reports) {
    /**
     * @param commits each with its syncs
     * @param longest the longest call of each commit and push that does not sync
     * @param blocked the same without the time in which it ran or waited for a processor
     */
    record Times(List<Long> commits, List<Long> longest, List<Long> blocked) {
        Times() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        @Override
        public String toString() {
            return "commits " + spread(commits) + "\n  the longest call without a sync of each commit and push: "
                    + spread(longest) + "\n  of that blocked, neither running nor waiting for a processor: "
                    + spread(blocked);
        }
    }

    static Findings of(List<Path> outputs, String collector, long collecting) throws IOException {
        Findings all = new Findings(new Times(), new Times(), new ArrayList<>());
        for (Path each : outputs) {
            String name = String.valueOf(each.getFileName());
            for (String line : Files.readAllLines(each)) {
                String[] words = line.split(" ", 5);
                long micros = Long.parseLong(words[1]);
                if (name.startsWith(collector)) {
                    all.reports.add(micros / 1000 + " ms " + words[4]);
                    continue;
                }
                Times times = Long.parseLong(words[0]) < collecting ? all.alone : all.together;
                times.longest.add(Long.parseLong(words[2]));
                times.blocked.add(Long.parseLong(words[3]));
                if (name.startsWith("commit")) {
                    times.commits.add(micros);
                }
            }
        }
        return all;
    }

    long discarded() {
        return reports.stream()
                .filter(each -> !each.contains("discarded=0, packs=0,"))
                .count();
    }

    @Override
    public String toString() {
        return "before: " + alone + "\nwhile it collects: " + together + "\n" + String.join("\n", reports);
    }

    private static final long GOAL_MICROS = 20_000;

    private static String spread(List<Long> micros) {
        if (micros.isEmpty()) {
            return "none";
        }
        List<Long> sorted = micros.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%d: p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, longest %.1f ms, %d above 20 ms",
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1000.0,
                sorted.get(sorted.size() * 99 / 100) / 1000.0,
                sorted.get((int) (sorted.size() * 999L / 1000)) / 1000.0,
                sorted.getLast() / 1000.0,
                sorted.stream().filter(each -> each > GOAL_MICROS).count());
    }
}
