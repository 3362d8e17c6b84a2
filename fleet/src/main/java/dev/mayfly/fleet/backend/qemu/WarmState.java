package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.image.DiskClone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A saved machine without identity: memory, devices and disk as they were when its guest waited to be told who it is.
 * Nothing in it is secret. Never written to again: many machines share its memory and lie over its disk.
 *
 * @param way how its disk was made
 */
record WarmState(Path folder, DiskClone.Way way) {
    private static final String METADATA = "Warm.json";
    private static final long FORMAT = 1;

    WarmState {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(way, "way");
    }

    /** Where one is, or will be once it is saved. */
    record Place(Path folder) {
        Path memory() {
            return folder.resolve("memory");
        }

        Path devices() {
            return folder.resolve("devices");
        }
    }

    Path memory() {
        return new Place(folder).memory();
    }

    Path devices() {
        return new Place(folder).devices();
    }

    Path disk() {
        return folder.resolve(way.fileName());
    }

    List<Path> files() {
        return List.of(memory(), devices(), disk());
    }

    /** Says what is there, with digests; after that it counts. */
    void seal(String options) throws IOException {
        JsonObject files = JsonObject.of();
        for (Path file : files()) {
            files = files.with(
                    String.valueOf(file.getFileName()),
                    Sha256Digest.ofFile(file).toString());
        }
        JsonObject all = JsonObject.of()
                .with("format", FORMAT)
                .with("way", way.name())
                .with("options", options)
                .with("files", files);
        DurableFile.replace(folder.resolve(METADATA), (JsonWriter.pretty(all) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads every byte of it.
     *
     * @throws MayflyException {@code TEMPLATE_INVALID} when it is not what was saved
     */
    static WarmState verified(Path folder) {
        Path metadata = folder.resolve(METADATA);
        try {
            if (!(JsonReader.read(Files.readAllBytes(metadata)) instanceof JsonObject object)
                    || !object.get("format")
                            .filter(JsonNumber.of(FORMAT)::equals)
                            .isPresent()
                    || !(object.get("files").orElse(JsonObject.of()) instanceof JsonObject files)
                    || !(object.get("way").orElse(JsonObject.of()) instanceof JsonString way)) {
                throw invalid(metadata, "it is not metadata of format " + FORMAT);
            }
            WarmState state = new WarmState(folder, DiskClone.Way.valueOf(way.value()));
            for (Path file : state.files()) {
                String name = String.valueOf(file.getFileName());
                String digest = Sha256Digest.ofFile(file).toString();
                if (!files.get(name).filter(new JsonString(digest)::equals).isPresent()) {
                    throw invalid(file, "its digest is not the one that was written down");
                }
            }
            return state;
        } catch (JsonSyntaxException | IllegalArgumentException e) {
            throw invalid(metadata, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw invalid(folder, e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static MayflyException invalid(Path what, String why) {
        return new MayflyException(
                ErrorCode.TEMPLATE_INVALID,
                "the saved machine cannot be used: " + what,
                why,
                "remove its folder; it is saved again when the template is warmed");
    }
}
