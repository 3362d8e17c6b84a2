package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.gc.CollectReport;
import dev.mayfly.env.gc.Collector;
import dev.mayfly.env.gc.PruneRules;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Opening;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Prunes tags by rules, and then removes what nothing needs. */
final class CleanOperations {
    private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([mhdwy])");

    /** How long content stays that nothing reaches: longer than anybody needs between writing and naming it. */
    private static final Duration GRACE = Duration.ofHours(1);

    private CleanOperations() {}

    static int clean(HandedWords words, EnvSession session) {
        PruneRules rules = rules(words, session.clock().instant());
        Map<Tags, List<Tag>> pruned = new LinkedHashMap<>();
        List<Tags> all = words.on("--prune-all-tag-namespaces")
                ? Namespaces.all(session.localRepository())
                : List.of(session.repository().tags());
        all.forEach(tags -> pruned.put(tags, pruned(tags, rules)));
        List<Tag> gone = pruned.values().stream().flatMap(List::stream).toList();
        JsonObject told = JsonObject.of().with("tags_pruned", gone.size());
        if (words.on("--dry-run")) {
            session.output(words)
                    .table(gone.stream().map(TagOperations::row).toList(), List.of("tag", "target", "time"));
            return ExitCode.GREEN.number();
        }
        pruned.forEach((tags, entries) -> entries.forEach(tags::remove));
        CollectReport report;
        try (Progress progress = Progress.of("cleaning", words, session);
                FsRepository repository = FsRepository.open(
                        session.repositoryFolder(), Opening.usual().with(progress::in))) {
            report = new Collector(repository, GRACE, () -> shown(session)).run();
        }
        session.output(words)
                .object(told.with("reached", report.reached())
                        .with("discarded", report.discarded())
                        .with("packs_discarded", report.packs())
                        .with("packs_rewritten", report.rewritten())
                        .with("revived", report.revived())
                        .with("generations_purged", report.purged()));
        return ExitCode.GREEN.number();
    }

    private static List<Tag> pruned(Tags tags, PruneRules rules) {
        List<TagName> names = new ArrayList<>();
        tags.each("", names::add);
        return names.stream()
                .flatMap(name -> rules.prune(tags.history(name)).stream())
                .toList();
    }

    /** What runtimes show, kept ones too, and what is mounted. */
    private static Collection<Digest> shown(EnvSession session) {
        return Stream.concat(
                        session.runtimes().list().stream().flatMap(each -> each.record().layers().stream()),
                        session.mounted().all().stream().flatMap(each -> each.layers().stream()))
                .toList();
    }

    private static PruneRules rules(HandedWords words, Instant now) {
        OptionalLong repeated = number(words, "--prune-repeated-keep");
        if (repeated.isEmpty() && words.on("--prune-repeated")) {
            repeated = OptionalLong.of(1);
        }
        try {
            return new PruneRules(
                    repeated,
                    age(words, "--prune-if-older-than").map(now::minus),
                    age(words, "--keep-if-newer-than").map(now::minus),
                    number(words, "--prune-if-more-than"),
                    number(words, "--keep-if-less-than"));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()), "for example: --prune-repeated-keep 1");
        }
    }

    private static OptionalLong number(HandedWords words, String option) {
        Optional<String> typed = words.text(option);
        if (typed.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseUnsignedLong(typed.get()));
        } catch (NumberFormatException e) {
            throw usage(option + " does not understand '" + typed.get() + "'", "for example: " + option + " 3");
        }
    }

    private static Optional<Duration> age(HandedWords words, String option) {
        Optional<String> typed = words.text(option);
        if (typed.isEmpty()) {
            return Optional.empty();
        }
        Matcher parts = AGE.matcher(typed.get());
        if (!parts.matches()) {
            throw usage(
                    option + " does not understand '" + typed.get() + "'",
                    "a number and m, h, d, w or y, for example: " + option + " 26w");
        }
        long amount = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    case "d" -> Duration.ofDays(amount);
                    case "w" -> Duration.ofDays(7 * amount);
                    default -> Duration.ofDays(365 * amount);
                });
    }

    private static MayflyException usage(String what, String fix) {
        return new MayflyException(ErrorCode.USAGE, what, "", fix);
    }
}
