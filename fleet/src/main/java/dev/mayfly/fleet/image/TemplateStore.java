package dev.mayfly.fleet.image;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The templates of this host: folders by name. One appears whole or not at all, and can only be read. Machines that live go
 * on when theirs is removed, because they have its files open.
 */
public final class TemplateStore {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String PART = ".new";

    private final Path folder;

    public TemplateStore(Path folder) {
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    /**
     * A template as it says it is.
     *
     * @param template empty when it cannot be understood
     * @param problem why not
     */
    public record Listed(String name, Optional<Template> template, String problem) {
        public Listed {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(template, "template");
            Objects.requireNonNull(problem, "problem");
        }
    }

    /** By name. */
    public List<Listed> list() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !name.endsWith(PART))
                    .sorted()
                    .map(this::listed)
                    .toList();
        } catch (IOException e) {
            throw unusable(folder + " cannot be listed", e);
        }
    }

    private Listed listed(String name) {
        try {
            return new Listed(name, Optional.of(Template.described(folder.resolve(name))), "");
        } catch (MayflyException e) {
            return new Listed(name, Optional.empty(), e.why());
        }
    }

    /** Where one of this name is or would be. */
    public Path place(String name) {
        if (!NAME.matcher(name).matches() || name.endsWith(PART)) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "'" + name + "' is no name for a template",
                    "it becomes the name of a folder",
                    "take up to 64 letters, digits, dots, hyphens and underscores, a letter or digit first");
        }
        return folder.resolve(name);
    }

    /**
     * Reads every byte of it.
     *
     * @throws MayflyException {@code NOT_FOUND} or {@code TEMPLATE_INVALID}
     */
    public Template verify(String name) {
        requireThere(name);
        return Template.verified(place(name));
    }

    private void requireThere(String name) {
        if (!Files.isDirectory(place(name))) {
            String all = String.join(", ", list().stream().map(Listed::name).toList());
            throw new MayflyException(
                    ErrorCode.NOT_FOUND,
                    "there is no template " + name,
                    all.isEmpty() ? folder + " has none" : folder + " has " + all,
                    "build one with: mayfly fleet template build " + name);
        }
    }

    private void requireFree(String name) {
        if (Files.exists(place(name))) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "there is a template " + name + " already",
                    "a template never changes under its name",
                    "take another name, or remove it first: mayfly fleet template rm " + name);
        }
    }

    /** Builds the small one of Debian packages. */
    public Template build(String name, Consumer<String> progress) throws InterruptedException {
        requireFree(name);
        try {
            Files.createDirectories(folder);
            TemplateScript.run(place(name), progress);
            return Template.verified(place(name));
        } catch (IOException e) {
            throw unusable("the template was not built", e);
        }
    }

    /**
     * Takes in a folder. One with our metadata must be what it says; of any other all files are taken, and digests are
     * written beside them: that is how templates of shoes-vz come ({@code Disk.img}, {@code AuxiliaryStorage},
     * {@code HardwareModel.json}).
     *
     * @param sshUser of a folder without our metadata
     */
    public Template take(Path from, String name, String sshUser, Consumer<String> progress) {
        requireFree(name);
        Path part = folder.resolve(name + PART);
        try {
            Optional<Template> ours = ours(from);
            if (!Files.isRegularFile(from.resolve("Disk.img"))) {
                throw Template.invalid(from, "it has no Disk.img");
            }
            Files.createDirectories(folder);
            delete(part);
            Files.createDirectory(part);
            for (Path file : files(from, ours)) {
                progress.accept("copying " + file.getFileName());
                DiskClone.duplicate(file, part.resolve(String.valueOf(file.getFileName())));
            }
            if (ours.isEmpty()) {
                progress.accept("writing down digests");
                describe(part, name, sshUser);
            }
            progress.accept("checking digests");
            Template.verified(part);
            seal(part);
            Files.move(part, place(name), StandardCopyOption.ATOMIC_MOVE);
            DurableFile.syncDirectory(folder);
            return Template.verified(place(name));
        } catch (IOException e) {
            throw unusable("the template was not imported", e);
        } finally {
            deleteQuietly(part);
        }
    }

    private static Optional<Template> ours(Path from) throws IOException {
        Path metadata = from.resolve(Template.METADATA);
        boolean described =
                Files.isRegularFile(metadata) && Files.readString(metadata).contains("\"format\"");
        return described ? Optional.of(Template.described(from)) : Optional.empty();
    }

    private static List<Path> files(Path from, Optional<Template> ours) throws IOException {
        if (ours.isPresent()) {
            return ours.get().files().stream().sorted().toList();
        }
        try (Stream<Path> entries = Files.list(from)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(Template.METADATA)
                            && !String.valueOf(file.getFileName()).startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static void describe(Path part, String name, String sshUser) throws IOException {
        JsonObject digests = JsonObject.of();
        for (Path file : files(part, Optional.empty())) {
            digests = digests.with(
                    String.valueOf(file.getFileName()),
                    Sha256Digest.ofFile(file).toString());
        }
        JsonObject all = JsonObject.of()
                .with("format", Template.FORMAT)
                .with("name", name)
                .with("ssh_user", sshUser)
                .with("files", digests);
        Files.writeString(part.resolve(Template.METADATA), JsonWriter.pretty(all) + "\n", StandardCharsets.UTF_8);
    }

    /** On the disk, and for reading only. */
    private static void seal(Path part) throws IOException {
        try (Stream<Path> entries = Files.list(part)) {
            for (Path file : (Iterable<Path>) entries::iterator) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
            }
        }
        DurableFile.syncDirectory(part);
    }

    /** @return what it was, if that could be understood */
    public Optional<Template> remove(String name) {
        requireThere(name);
        Optional<Template> was = listed(name).template();
        try {
            // Renamed first: a half of a template must not be found under its name.
            Path part = folder.resolve(name + PART);
            delete(part);
            Files.move(place(name), part, StandardCopyOption.ATOMIC_MOVE);
            delete(part);
            DurableFile.syncDirectory(folder);
            return was;
        } catch (IOException e) {
            throw unusable("the template was not removed", e);
        }
    }

    private static void deleteQuietly(Path part) {
        try {
            delete(part);
        } catch (IOException e) {
            // The next import of this name begins with it.
        }
    }

    private static void delete(Path part) throws IOException {
        if (!Files.exists(part)) {
            return;
        }
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static MayflyException unusable(String what, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                what,
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                "see to it that the folder can be written and has room",
                e);
    }
}
