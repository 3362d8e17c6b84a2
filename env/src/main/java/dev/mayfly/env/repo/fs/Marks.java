package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The two files that say what kind of repository this is. SPFS looks at {@code VERSION} alone and opens only its own major
 * version: a repository of packs has one that SPFS will not open, since it would miss their contents.
 */
final class Marks {
    /** Major of all releases of SPFS so far; the last one looked at is 0.44.0. */
    private static final String SPFS_VERSION = "0.44.0";

    private static final String SPFS_MAJOR = "0";
    private static final String PACKS_VERSION = "1000.0.0";
    private static final String PACKS_MAJOR = "1000";
    private static final String PAYLOADS = "payloads";

    private Marks() {}

    static void init(Layout layout, Keeping keeping) {
        if (Files.exists(layout.objects()) || Files.exists(layout.version())) {
            throw new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    "A repository cannot be made in " + layout.root(),
                    "there is one already",
                    "Use it, or name another folder.");
        }
        try {
            for (Path each : List.of(layout.own(), layout.tags(), layout.renders(), layout.payloads())) {
                Files.createDirectories(each);
            }
            if (keeping == Keeping.PACKS) {
                Files.createDirectories(layout.packs());
            }
            String form = "{\"" + PAYLOADS + "\":\"" + keeping.word() + "\"}\n";
            DurableFile.replace(layout.form(), form.getBytes(StandardCharsets.UTF_8));
            String version = keeping == Keeping.PACKS ? PACKS_VERSION : SPFS_VERSION;
            DurableFile.replace(layout.version(), version.getBytes(StandardCharsets.UTF_8));
            // Last, because without it there is no repository.
            Files.createDirectories(layout.objects());
            DurableFile.syncDirectory(layout.root());
        } catch (IOException e) {
            throw Disk.failed(layout.root(), "Making a repository", e);
        }
    }

    static Keeping read(Layout layout) throws IOException {
        if (!Files.isDirectory(layout.objects())) {
            throw new MayflyException(
                    ErrorCode.REPOSITORY_MISSING,
                    "There is no repository in " + layout.root(),
                    Files.exists(layout.root()) ? "it has no folder objects" : "the folder does not exist",
                    "Make one with `mayfly env init`, or name another place.");
        }
        Keeping keeping = keeping(layout);
        // SPFS takes a repository without a version for one of its own.
        String version = text(layout.version()).map(String::strip).orElse("");
        String major = version.isEmpty() ? SPFS_MAJOR : version.split("\\.", -1)[0];
        if (!major.equals(keeping == Keeping.PACKS ? PACKS_MAJOR : SPFS_MAJOR)) {
            throw unsuitable(
                    layout,
                    "its version is " + version + ", and this program reads "
                            + (keeping == Keeping.PACKS ? PACKS_VERSION : "0.x"));
        }
        return keeping;
    }

    private static Keeping keeping(Layout layout) throws IOException {
        Optional<String> form = text(layout.form());
        if (form.isEmpty()) {
            return Keeping.FILES;
        }
        try {
            if (JsonReader.read(form.get().getBytes(StandardCharsets.UTF_8)) instanceof JsonObject object
                    && object.get(PAYLOADS).orElse(new JsonString("")) instanceof JsonString word) {
                for (Keeping each : Keeping.values()) {
                    if (each.word().equals(word.value())) {
                        return each;
                    }
                }
            }
        } catch (JsonSyntaxException e) {
            throw unsuitable(layout, layout.form() + " cannot be read: " + e.getMessage());
        }
        throw unsuitable(layout, layout.form() + " names no way of keeping payloads that this program knows");
    }

    private static Optional<String> text(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static MayflyException unsuitable(Layout layout, String why) {
        return new MayflyException(
                ErrorCode.REPOSITORY_UNSUITABLE,
                "The repository in " + layout.root() + " cannot be opened",
                why,
                "Use the release that wrote it, or copy its tags to a new repository with that one.");
    }
}
