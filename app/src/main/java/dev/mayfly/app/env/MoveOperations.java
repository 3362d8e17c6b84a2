package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.spec.EnvSpec;
import dev.mayfly.env.spec.Resolver;
import dev.mayfly.env.spec.SpecItem;
import dev.mayfly.env.spec.SpecLoader;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.CopyReport;
import dev.mayfly.env.sync.Wanted;
import java.util.ArrayList;
import java.util.List;

/** Copies environments with everything that they need. */
final class MoveOperations {
    private MoveOperations() {}

    static int push(HandedWords words, EnvSession session) {
        try (Repository remote = remote(words, session)) {
            return copy(session.repository(), remote, words, session);
        }
    }

    static int pull(HandedWords words, EnvSession session) {
        try (Repository remote = remote(words, session)) {
            return copy(remote, session.repository(), words, session);
        }
    }

    private static Repository remote(HandedWords words, EnvSession session) {
        return Repositories.remote(words.text("--remote").orElse("origin"), session);
    }

    private static int copy(Repository from, Repository to, HandedWords words, EnvSession session) {
        CopyReport report;
        try (Progress progress = Progress.of("copied", words, session)) {
            report = new Copier(CopyOptions.USUAL, new CopyVoice(progress))
                    .copy(from, to, wanted(from, words.arguments()));
        }
        tell(report, to.address(), words, session);
        return ExitCode.GREEN.number();
    }

    static List<Wanted> wanted(Repository from, List<String> refs) {
        Resolver resolver = new Resolver(List.of(from), new SpecLoader());
        List<Wanted> wanted = new ArrayList<>();
        for (String ref : refs) {
            for (SpecItem item : EnvSpec.parse(ref).items()) {
                switch (item) {
                    case SpecItem.TagRef tag -> wanted.add(new Wanted.Version(tag.name(), tag.version()));
                    case SpecItem.Reference other -> wanted.add(Wanted.content(resolver.digest(other)));
                    case SpecItem.FileRef file ->
                        resolver.resolve(new EnvSpec(List.of(file)))
                                .stack()
                                .forEach(each -> wanted.add(Wanted.content(each)));
                }
            }
        }
        return wanted;
    }

    static void tell(CopyReport report, String to, HandedWords words, EnvSession session) {
        JsonObject json = CopyVoice.json(report.total())
                .with("to", to)
                .with("tags", Names.array(report.tags(), (Tag tag) -> tag.name().toString()));
        session.output(words).object(json);
    }
}
