package dev.mayfly.fleet.image;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A golden machine on disk: {@code Disk.img} and what starts it, named with their digests in
 * {@code TemplateMetadata.json}.
 *
 * @param digest of the metadata, and so of everything
 * @param sshUser who can log in
 * @param files all of it, with the metadata
 */
public record Template(Path folder, String name, Sha256Digest digest, String sshUser, Set<Path> files) {
    static final String METADATA = "TemplateMetadata.json";
    static final long FORMAT = 1;

    public Template {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(sshUser, "sshUser");
        files = Set.copyOf(files);
    }

    public Path disk() {
        return folder.resolve("Disk.img");
    }

    public Path kernel() {
        return folder.resolve("vmlinuz");
    }

    public Path loader() {
        return folder.resolve("initrd");
    }

    /**
     * Reads every byte of it.
     *
     * @throws MayflyException {@code TEMPLATE_INVALID} with the file that is not as it should be
     */
    public static Template verified(Path folder) {
        return read(folder, true);
    }

    /**
     * Believes what it says of itself: good enough to be listed, not to be used.
     *
     * @throws MayflyException {@code TEMPLATE_INVALID} when it says nothing that can be understood
     */
    public static Template described(Path folder) {
        return read(folder, false);
    }

    private static Template read(Path folder, boolean whole) {
        Path metadata = folder.resolve(METADATA);
        try {
            byte[] bytes = Files.readAllBytes(metadata);
            if (!(JsonReader.read(bytes) instanceof JsonObject object) || !knows(object)) {
                throw invalid(metadata, "it is not metadata of format " + FORMAT);
            }
            Path place = folder.toAbsolutePath();
            Set<Path> all = new TreeSet<>(Set.of(place.resolve(METADATA)));
            for (Map.Entry<String, Sha256Digest> file : files(metadata, object).entrySet()) {
                Path path = place.resolve(file.getKey());
                all.add(path);
                if (whole) {
                    Sha256Digest found = Sha256Digest.ofFile(path);
                    if (!found.equals(file.getValue())) {
                        throw invalid(path, "its digest is " + found + " and not " + file.getValue());
                    }
                }
            }
            return new Template(
                    place,
                    text(metadata, object, "name"),
                    Sha256Digest.of(bytes),
                    text(metadata, object, "ssh_user"),
                    all);
        } catch (JsonSyntaxException | IllegalArgumentException e) {
            throw invalid(metadata, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw invalid(folder, e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static boolean knows(JsonObject object) {
        return object.get("format")
                .filter(value -> value.equals(JsonNumber.of(FORMAT)))
                .isPresent();
    }

    private static Map<String, Sha256Digest> files(Path metadata, JsonObject object) {
        if (!(object.get("files").orElse(JsonObject.of()) instanceof JsonObject names)) {
            throw invalid(metadata, "files is no object");
        }
        Map<String, Sha256Digest> files = new TreeMap<>();
        for (String name : names.members().keySet()) {
            if (name.contains("/") || name.startsWith(".")) {
                throw invalid(metadata, "a file of a template lies in its folder, and " + name + " does not");
            }
            files.put(name, Sha256Digest.parse(text(metadata, names, name)));
        }
        if (!files.containsKey("Disk.img")) {
            throw invalid(metadata, "it names no Disk.img");
        }
        return files;
    }

    private static String text(Path metadata, JsonObject object, String name) {
        return Optional.of(object)
                .flatMap(members -> members.get(name))
                .filter(JsonString.class::isInstance)
                .map(value -> ((JsonString) value).value())
                .orElseThrow(() -> invalid(metadata, name + " is missing or no string"));
    }

    static MayflyException invalid(Path what, String why) {
        return new MayflyException(
                ErrorCode.TEMPLATE_INVALID,
                "the template cannot be used: " + what,
                why,
                "build or import it again, and never write to it");
    }
}
