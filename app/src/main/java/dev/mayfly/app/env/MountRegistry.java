package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which views are mounted at folders of users, one file each. Written before the mount is made and removed after it is gone,
 * so that no mount is without its file; a file without its mount is old, and {@link #forgetGone} removes it.
 *
 * @param folder for the files
 */
record MountRegistry(Path folder) {
    private static final String SUFFIX = ".json";

    /**
     * @param at where it is seen
     * @param spec as it was typed
     * @param layers that must stay as long as it is mounted
     * @param device of the view, as {@link MountTable} has it: what is mounted there with another is not ours
     */
    record Mounted(Path at, String spec, List<Digest> layers, String device, Instant since) {
        Mounted {
            layers = List.copyOf(layers);
        }

        boolean isThere(MountTable table) {
            return table.at(at).filter(row -> row.device().equals(device)).isPresent();
        }

        JsonObject json() {
            return JsonObject.of()
                    .with("at", at.toString())
                    .with("ref", spec)
                    .with(
                            "layers",
                            JsonArray.ofStrings(
                                    layers.stream().map(Digest::toString).toList()))
                    .with("device", device)
                    .with("since", since.toString());
        }
    }

    void add(Mounted mounted) {
        try {
            Files.createDirectories(folder);
            DurableFile.replace(
                    file(mounted.at()), (JsonWriter.pretty(mounted.json()) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unusable(file(mounted.at()), e);
        }
    }

    void remove(Path at) {
        try {
            Files.deleteIfExists(file(at));
        } catch (IOException e) {
            throw unusable(file(at), e);
        }
    }

    Optional<Mounted> find(Path at) {
        return all().stream().filter(each -> each.at().equals(at)).findFirst();
    }

    /** By place. One that cannot be read is left out, as is one that somebody removes meanwhile. */
    List<Mounted> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Mounted> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    (Iterable<Path>) files.filter(each -> each.toString().endsWith(SUFFIX))::iterator) {
                read(file).ifPresent(all::add);
            }
        } catch (IOException e) {
            throw unusable(folder, e);
        }
        all.sort(Comparator.comparing(Mounted::at));
        return all;
    }

    private static Optional<Mounted> read(Path file) {
        try {
            if (!(JsonReader.read(Files.readAllBytes(file)) instanceof JsonObject json)) {
                return Optional.empty();
            }
            List<Digest> layers = new ArrayList<>();
            if (json.get("layers").orElse(new JsonArray(List.of())) instanceof JsonArray texts) {
                texts.items()
                        .forEach(text -> layers.add(Digest.parse(text(text)).orElseThrow()));
            }
            return Optional.of(new Mounted(
                    Path.of(text(json, "at")),
                    text(json, "ref"),
                    layers,
                    text(json, "device"),
                    Instant.parse(text(json, "since"))));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonObject json, String name) {
        return text(json.get(name).orElseThrow());
    }

    private static String text(Object value) {
        return value instanceof JsonString string ? string.value() : "";
    }

    /** @return how many were mounted once and are not any more, after a restart of the machine or an umount by hand */
    int forgetGone() {
        MountTable table = MountTable.read();
        int gone = 0;
        for (Mounted each : all()) {
            if (!each.isThere(table)) {
                remove(each.at());
                gone++;
            }
        }
        return gone;
    }

    private Path file(Path at) {
        String name = Digest.of(at.toString().getBytes(StandardCharsets.UTF_8)).toString();
        return folder.resolve(name.replace("=", "") + SUFFIX);
    }

    private static MayflyException unusable(Path path, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                path + " cannot be used",
                String.valueOf(e),
                "give yourself permission, or choose another --home",
                e);
    }
}
