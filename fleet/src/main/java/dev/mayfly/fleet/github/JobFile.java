package dev.mayfly.fleet.github;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.github.JobBook.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Keeps a book on the disk, whole. There are no configurations in it. */
public final class JobFile {
    private static final long FORMAT = 1;

    private final Path file;

    public JobFile(Path file) {
        this.file = Objects.requireNonNull(file, "file");
    }

    void load(JobBook book) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            JsonObject all = JobEvent.object(Optional.of(JsonReader.read(Files.readAllBytes(file))), "it");
            if (JobEvent.number(all.get("format"), "format") != FORMAT) {
                throw new IllegalArgumentException("it is of another format than " + FORMAT);
            }
            book.restore(
                    entries(all, "jobs"),
                    entries(all, "ending"),
                    items(all, "over").stream()
                            .map(each -> JobEvent.number(Optional.of(each), "a job"))
                            .toList());
        } catch (IOException | JsonSyntaxException | IllegalArgumentException e) {
            throw unusable("cannot be read", e);
        }
    }

    private static List<JsonValue> items(JsonObject all, String name) {
        if (all.get(name).orElse(null) instanceof JsonArray array) {
            return array.items();
        }
        throw new IllegalArgumentException(name + " is no list");
    }

    private static List<Entry> entries(JsonObject all, String name) {
        return items(all, name).stream()
                .map(each -> entry(JobEvent.object(Optional.of(each), "a job")))
                .toList();
    }

    private static Entry entry(JsonObject object) {
        Set<Label> labels = new HashSet<>();
        items(object, "labels").forEach(each -> labels.add(new Label(JobEvent.text(Optional.of(each), "a label"))));
        return new Entry(
                JobEvent.number(object.get("job"), "job"),
                JobEvent.text(object.get("repository"), "repository"),
                labels,
                JobEvent.text(object.get("runner"), "runner"),
                object.get("wanted").equals(Optional.of(new JsonBool(true))),
                object.get("busy").isPresent() ? JobEvent.number(object.get("busy"), "busy") : 0);
    }

    void save(JobBook book) {
        JsonObject all = JsonObject.of()
                .with("format", FORMAT)
                .with("jobs", json(book.entries()))
                .with("ending", json(book.ending()))
                .with(
                        "over",
                        new JsonArray(book.over().stream()
                                .<JsonValue>map(JsonNumber::of)
                                .toList()));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFile.replace(file, JsonWriter.compact(all).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unusable("cannot be written", e);
        }
    }

    private static JsonArray json(List<Entry> entries) {
        return new JsonArray(entries.stream().<JsonValue>map(JobFile::json).toList());
    }

    /** Also for people who look. */
    public static JsonObject json(Entry entry) {
        JsonObject object = JsonObject.of()
                .with("job", entry.job())
                .with("repository", entry.repository())
                .with(
                        "labels",
                        JsonArray.ofStrings(new TreeSet<>(entry.labels())
                                .stream().map(Label::value).toList()))
                .with("runner", entry.runner())
                .with("wanted", entry.wanted());
        return entry.busy() == 0 ? object : object.with("busy", entry.busy());
    }

    private MayflyException unusable(String what, Exception e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                file + " " + what,
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                "see to it that the folder can be written and has room",
                e);
    }
}
