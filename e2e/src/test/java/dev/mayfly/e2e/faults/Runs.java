package dev.mayfly.e2e.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The runs that workers began, from what they noted in {@code trial.log}. Times are nanoseconds of one clock. */
final class Runs {
    /** @param ended whether the worker noted the end; else its death is taken for it */
    record Run(String id, String attempt, long from, long to, boolean ended) {}

    private final Map<String, List<Run>> byId = new HashMap<>();
    private int torn;

    /** @param gone when each worker that died was gone, by its process number */
    static Runs read(Path log, Map<Long, Long> gone) throws IOException {
        Runs runs = new Runs();
        Map<String, String[]> open = new HashMap<>();
        for (String line : Files.readAllLines(log)) {
            String[] words = line.split(" ");
            if (words.length != 5) {
                runs.torn++;
            } else if (words[0].equals("start")) {
                open.put(words[1] + words[2], words);
            } else {
                String[] start = open.remove(words[1] + words[2]);
                runs.add(start, Long.parseLong(words[3]), true);
            }
        }
        open.values()
                .forEach(start -> runs.add(start, gone.getOrDefault(Long.parseLong(start[4]), Long.MAX_VALUE), false));
        runs.byId.values().forEach(each -> each.sort(Comparator.comparingLong(Run::from)));
        return runs;
    }

    private void add(String[] start, long to, boolean ended) {
        byId.computeIfAbsent(start[1], _ -> new ArrayList<>())
                .add(new Run(start[1], start[2], Long.parseLong(start[3]), to, ended));
    }

    List<Run> of(String id) {
        return byId.getOrDefault(id, List.of());
    }

    long count() {
        return byId.values().stream().mapToLong(List::size).sum();
    }

    long cutShort() {
        return byId.values().stream()
                .flatMap(List::stream)
                .filter(run -> !run.ended())
                .count();
    }

    int torn() {
        return torn;
    }

    /** Pairs that overlap. */
    List<String> concurrent() {
        List<String> found = new ArrayList<>();
        for (List<Run> runs : byId.values()) {
            for (int i = 1; i < runs.size(); i++) {
                if (runs.get(i).from() < runs.get(i - 1).to()) {
                    found.add(runs.get(i - 1) + " and " + runs.get(i));
                }
            }
        }
        return found;
    }
}
