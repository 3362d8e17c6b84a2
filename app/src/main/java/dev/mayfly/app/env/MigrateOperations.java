package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.fs.Opening;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.CopyReport;
import dev.mayfly.env.sync.Wanted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies all that tags name, with whole histories and namespaces, into a repository of another form. The old one is only
 * read. What is there already is not copied again, so one that was interrupted goes on where it was.
 */
final class MigrateOperations {
    private MigrateOperations() {}

    static int migrate(HandedWords words, EnvSession session) {
        Path from = path(words.argument(0));
        Path to = words.optional(1).map(MigrateOperations::path).orElseGet(session::repositoryFolder);
        if (from.equals(to)) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "a repository is not changed in its place",
                    "so that the old one is there until the new one has proved itself",
                    "name another folder: mayfly env migrate " + from + " " + from + "-new");
        }
        long tags = 0;
        long payloads = 0;
        long bytes = 0;
        try (FsRepository old = FsRepository.open(from);
                Progress progress = Progress.of("copied", words, session)) {
            if (!Files.isDirectory(to.resolve("objects"))) {
                FsRepository.init(to, words.on("--spfs") ? Keeping.FILES : Keeping.PACKS);
            }
            List<Optional<String>> namespaces = new ArrayList<>(List.of(Optional.empty()));
            old.namespaces().forEach(each -> namespaces.add(Optional.of(each)));
            for (Optional<String> namespace : namespaces) {
                CopyReport report = copy(from, to, namespace, progress);
                tags += report.tags().size();
                payloads += report.total().payloadsCopied();
                bytes += report.total().bytes();
            }
        }
        session.output(words)
                .object(JsonObject.of()
                        .with("from", from.toString())
                        .with("to", to.toString())
                        .with("form", form(to))
                        .with("tags", tags)
                        .with("payloads", payloads)
                        .with("bytes", bytes));
        return ExitCode.GREEN.number();
    }

    private static CopyReport copy(Path from, Path to, Optional<String> namespace, Progress progress) {
        Opening opening = Namespaces.opening(namespace);
        try (FsRepository old = FsRepository.open(from, opening);
                FsRepository fresh = FsRepository.open(to, opening)) {
            List<Wanted> wanted = new ArrayList<>();
            old.tags().each("", name -> wanted.add(Wanted.history(name)));
            return new Copier(CopyOptions.USUAL.checking(), new CopyVoice(progress)).copy(old, fresh, wanted);
        }
    }

    private static String form(Path repository) {
        try (FsRepository opened = FsRepository.open(repository)) {
            return opened.keeping() == Keeping.FILES ? "files, as SPFS has it" : "packs";
        }
    }

    private static Path path(String typed) {
        return Path.of(typed).toAbsolutePath().normalize();
    }
}
