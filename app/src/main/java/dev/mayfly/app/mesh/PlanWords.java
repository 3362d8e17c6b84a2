package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.eval.FabricKind;
import dev.mayfly.mesh.eval.FaultKind;
import dev.mayfly.mesh.eval.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code sim} and {@code eval} are asked to play. */
final class PlanWords {
    private static final int WINDOW_SECONDS = 20;
    private static final int MOST_CARRIED = 100;
    private static final int MOST_SECONDS = 36_000;

    private PlanWords() {}

    static Plan of(HandedWords words, int seconds, boolean comparing) {
        FabricKind fabric = fabric(words.text("--fabric").orElse(FabricKind.THREE.word()));
        Optional<Integer> atOnce =
                words.text("--concurrent").map(_ -> (int) words.number("--concurrent", 0, Plan.MOST_AT_ONCE, 1));
        return new Plan(
                fabric.shape(cards(words.text("--size").orElse("1k"))),
                (int) words.number("--seconds", 1, MOST_SECONDS, seconds),
                (int) words.number("--window", 1, MOST_SECONDS, WINDOW_SECONDS),
                (int) words.number("--carry", 0, MOST_CARRIED, 5),
                kinds(words.text("--faults")),
                atOnce,
                comparing);
    }

    private static FabricKind fabric(String word) {
        for (FabricKind kind : FabricKind.values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        throw usage("--fabric", word, Stream.of(FabricKind.values()).map(FabricKind::word), "--fabric three");
    }

    /** {@code 512}, {@code 10k}: a k is 1,024. */
    static int cards(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean thousands = lower.endsWith("k");
        try {
            int number = Integer.parseInt(thousands ? lower.substring(0, lower.length() - 1) : lower);
            long cards = thousands ? 1024L * number : number;
            if (cards >= FabricKind.FEWEST_CARDS && cards <= FabricKind.MOST_CARDS) {
                return (int) cards;
            }
        } catch (NumberFormatException _) {
            // Told below, together with the range.
        }
        throw new MayflyException(
                ErrorCode.USAGE,
                "--size does not understand '" + text + "'",
                "it takes a number of cards from " + FabricKind.FEWEST_CARDS + " to 64k",
                "for example: --size 10k");
    }

    private static List<FaultKind> kinds(Optional<String> list) {
        if (list.isEmpty()) {
            return FaultKind.usual();
        }
        List<FaultKind> kinds = new ArrayList<>();
        for (String word : list.get().split(",", -1)) {
            kinds.add(Stream.of(FaultKind.values())
                    .filter(kind -> kind.id().equals(word))
                    .findFirst()
                    .orElseThrow(() -> usage(
                            "--faults",
                            word,
                            Stream.of(FaultKind.values()).map(FaultKind::id),
                            "--faults link-dead,card-down")));
        }
        return kinds;
    }

    private static MayflyException usage(String option, String word, Stream<String> known, String example) {
        return new MayflyException(
                ErrorCode.USAGE,
                option + " does not know '" + word + "'",
                "it is one of " + known.collect(Collectors.joining(", ")),
                "for example: " + example);
    }
}
