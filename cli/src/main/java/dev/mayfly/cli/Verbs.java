package dev.mayfly.cli;

import dev.mayfly.base.text.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The words this program understands, in the order in which help lists them. */
final class Verbs {
    private record Entry(String summary, Supplier<Verb> maker) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Verbs() {
        add("exec", "run one untrusted request here, now", ExecVerb::new);
        add("submit", "put a request in the queue, and wait for its result if asked to", SubmitVerb::new);
        add("worker", "serve the queue", WorkerVerb::new);
        add("job", "look up, cancel and rescue jobs", JobVerb::new);
        add("env", "compose environments of layers, and run commands in them", EnvVerb::new);
        add("fleet", "virtual machines that live for one job", FleetVerb::new);
        add("guest", "the agent inside a machine of a fleet that has no port of its hypervisor", GuestVerb::new);
        add("mesh", "probe the network between hosts, and find what is at fault", MeshVerb::new);
        add("doctor", "what this machine can do, and how to fix what it cannot", DoctorVerb::new);
        add("up", "start the service that keeps everything warm", UpVerb::new);
        add("status", "what the running service is doing", StatusVerb::new);
        add("bench", "this project's benchmarks, each beside its reference", BenchVerb::new);
    }

    private void add(String name, String summary, Supplier<Verb> maker) {
        entries.put(name, new Entry(summary, maker));
    }

    boolean knows(String name) {
        return entries.containsKey(name);
    }

    /** @throws IllegalArgumentException when there is no such command */
    Verb make(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no command " + name);
        }
        return entry.maker().get();
    }

    /** Name and one-line summary of each, aligned. */
    List<String> summaries() {
        int width = entries.keySet().stream().mapToInt(String::length).max().orElse(0);
        List<String> lines = new ArrayList<>();
        entries.forEach(
                (name, entry) -> lines.add("  " + name + " ".repeat(width - name.length() + 3) + entry.summary()));
        return lines;
    }

    /** The known name nearest to a misspelt one, when it is near enough to be meant. */
    String nearest(String typed) {
        String best = "";
        int bestDistance = Math.max(1, typed.length() / 2) + 1;
        for (String name : entries.keySet()) {
            int distance = Spelling.distance(typed, name);
            if (distance < bestDistance) {
                best = name;
                bestDistance = distance;
            }
        }
        return best;
    }
}
