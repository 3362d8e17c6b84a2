package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.program.Voice;
import dev.mayfly.mesh.analyze.Finding;
import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.eval.EvaluationJson;
import dev.mayfly.mesh.eval.EvaluationPage;
import dev.mayfly.mesh.eval.Fault;
import dev.mayfly.mesh.eval.Plan;
import dev.mayfly.mesh.eval.SeedPlay;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code mayfly mesh sim}: plays one seed and tells what is broken, and what is said of it second by second. */
final class SimOperations {
    private static final int SECONDS = 60;

    private SimOperations() {}

    static int sim(HandedWords words, MeshSession session) {
        Plan plan = PlanWords.of(words, SECONDS, false);
        long seed = words.number("--seed", 0, Long.MAX_VALUE, 0);
        Told told = new Told(session.voice(), words.on("--json"));
        if (!words.on("--json")) {
            session.voice().result(EvaluationPage.words(plan.shape()));
        }
        SeedPlay.play(plan, seed, told);
        told.end(plan, seed);
        return ExitCode.GREEN.number();
    }

    /** Says what is new: a finding that was not there a second ago, and one that is there no more. */
    private static final class Told implements SeedPlay.Watcher {
        private final Voice voice;
        private final boolean json;
        private final List<JsonValue> events = new ArrayList<>();
        private final Map<Integer, Finding> standing = new TreeMap<>();
        private List<Fault> faults = List.of();
        private final Map<Fault, Integer> named = new HashMap<>();
        private Optional<Fabric> begun = Optional.empty();

        Told(Voice voice, boolean json) {
            this.voice = voice;
            this.json = json;
        }

        private String name(int component) {
            return begun.orElseThrow().name(component);
        }

        @Override
        public void begins(Fabric fabric, List<Fault> broken) {
            begun = Optional.of(fabric);
            faults = broken;
            if (!json) {
                for (Fault fault : broken) {
                    voice.result("broken: " + fault.kind().words() + ", at " + names(fault));
                }
                voice.result(broken.isEmpty() ? "nothing is broken; there are nuisances only" : "");
            }
        }

        private String names(Fault fault) {
            String all = fault.at().stream().sorted().limit(2).map(this::name).collect(Collectors.joining(", "));
            return fault.at().size() > 2 ? all + " and " + (fault.at().size() - 2) + " more" : all;
        }

        @Override
        public void second(int second, List<Finding> findings, HostEvidence hosts) {
            Map<Integer, Finding> now = new TreeMap<>();
            findings.forEach(finding -> now.put(finding.component(), finding));
            now.forEach((component, finding) -> {
                if (!standing.containsKey(component)) {
                    event(second, "found", finding);
                }
            });
            standing.forEach((component, finding) -> {
                if (!now.containsKey(component)) {
                    event(second, "gone", finding);
                }
            });
            standing.clear();
            standing.putAll(now);
        }

        private void event(int second, String what, Finding finding) {
            boolean right = faults.stream().anyMatch(fault -> fault.truth().contains(finding.component()));
            boolean network = finding.blamed() == Finding.Blamed.NETWORK;
            if (right && network) {
                faults.stream()
                        .filter(fault -> fault.truth().contains(finding.component()))
                        .forEach(fault -> named.putIfAbsent(fault, second));
            }
            String verdict = network ? right ? "right" : "wrong" : "a busy host, not the network";
            events.add(JsonObject.of()
                    .with("second", second)
                    .with("event", what)
                    .with("component", name(finding.component()))
                    .with("blamed", network ? "network" : "host")
                    .with("right", right || !network)
                    .with("score", Math.round(finding.score()))
                    .with("candidates", finding.candidates().size()));
            if (!json) {
                voice.result(second + " s  " + what + "  " + name(finding.component()) + "  (" + verdict
                        + ", score " + Math.round(finding.score())
                        + (finding.candidates().size() > 1
                                ? ", one of " + finding.candidates().size()
                                : "") + ")");
            }
        }

        void end(Plan plan, long seed) {
            if (json) {
                List<JsonValue> broken = faults.stream()
                        .map(fault -> (JsonValue) JsonObject.of()
                                .with("kind", fault.kind().id())
                                .with(
                                        "at",
                                        JsonArray.ofStrings(fault.at().stream()
                                                .sorted()
                                                .map(this::name)
                                                .toList()))
                                .with("found_after_seconds", named.getOrDefault(fault, -1)))
                        .toList();
                voice.result(JsonWriter.pretty(JsonObject.of()
                        .with("seed", seed)
                        .with("fabric", EvaluationJson.shape(plan.shape()))
                        .with("faults", new JsonArray(broken))
                        .with("events", new JsonArray(events))));
            } else {
                voice.result("\n" + named.size() + " of " + faults.size() + " found in " + plan.seconds()
                        + " seconds; the same seed plays the same again");
            }
        }
    }
}
