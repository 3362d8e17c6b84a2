package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.s3.S3Address;
import dev.mayfly.env.repo.s3.S3Repository;
import dev.mayfly.env.sync.Check;
import dev.mayfly.env.sync.CheckReport;
import dev.mayfly.env.sync.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes repositories and looks after them. */
final class RepositoryOperations {
    private static final int AT_ONCE = 16;

    private RepositoryOperations() {}

    static int init(HandedWords words, EnvSession session) {
        Optional<String> store = words.optional(0).filter(S3Address::looksLike);
        if (store.isPresent()) {
            S3Address address = S3Address.parse(store.get());
            S3Repository.init(address, Repositories.s3(session));
            session.output(words).value("made " + address, JsonObject.of().with("repository", address.toString()));
            return ExitCode.GREEN.number();
        }
        Path folder = words.optional(0)
                .map(typed -> Path.of(typed).toAbsolutePath().normalize())
                .orElseGet(session::repositoryFolder);
        Keeping keeping = words.on("--spfs") ? Keeping.FILES : Keeping.PACKS;
        boolean made = !Files.isDirectory(folder.resolve("objects"));
        if (made) {
            FsRepository.init(folder, keeping);
        } else {
            sameForm(folder, keeping);
        }
        session.output(words)
                .value(
                        (made ? "made " : "there already: ") + folder,
                        JsonObject.of().with("repository", folder.toString()).with("made", made));
        return ExitCode.GREEN.number();
    }

    private static void sameForm(Path folder, Keeping wanted) {
        try (FsRepository there = FsRepository.open(folder)) {
            if (there.keeping() != wanted) {
                throw new MayflyException(
                        ErrorCode.REPOSITORY_UNSUITABLE,
                        "there is another repository in " + folder,
                        "it keeps its payloads in " + there.keeping().word(),
                        wanted == Keeping.FILES
                                ? "make one in another folder, and copy to it: mayfly env migrate --spfs " + folder
                                        + " ANOTHER"
                                : "use it as it is");
            }
        }
    }

    static int check(HandedWords words, EnvSession session) {
        Repository here = session.repository();
        Map<Digest, String> roots = new LinkedHashMap<>();
        words.arguments().forEach(ref -> roots.put(session.library().digest(ref), ref));
        if (words.arguments().isEmpty()) {
            Namespaces.all(session.localRepository())
                    .forEach(tags -> Check.tagged(tags).forEach(roots::putIfAbsent));
        }
        CheckReport report;
        try (Progress progress = Progress.of("checked", words, session)) {
            Check check = new Check(
                    AT_ONCE,
                    words.on("--deep"),
                    (done, found, bytes) -> progress.at(new Progress.At(done, found, bytes, 0)));
            report = words.text("--pull").isPresent() ? heal(check, roots, words, session) : check.run(here, roots);
        }
        session.output(words).object(json(report));
        return report.whole() ? ExitCode.GREEN.number() : ExitCode.INTERNAL.number();
    }

    private static CheckReport heal(Check check, Map<Digest, String> roots, HandedWords words, EnvSession session) {
        try (Repository from = Repositories.remote(words.text("--pull").orElseThrow(), session)) {
            return check.heal(session.repository(), from, roots);
        }
    }

    private static JsonObject json(CheckReport report) {
        return JsonObject.of()
                .with("whole", report.whole())
                .with("objects", report.objects())
                .with("payloads", report.payloads())
                .with("bytes", report.bytes())
                .with("faults", faults(report.faults()))
                .with("healed", faults(report.healed()));
    }

    private static JsonArray faults(List<Fault> faults) {
        return new JsonArray(faults.stream()
                .<JsonValue>map(fault -> JsonObject.of()
                        .with("kind", fault.kind().name().toLowerCase(java.util.Locale.ROOT))
                        .with("digest", fault.digest().toString())
                        .with("named_by", fault.namedBy()))
                .toList());
    }
}
