package dev.mayfly.app.env;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.edit.Change;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.runtime.RuntimeRecord;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the runtime one is in.
 *
 * @param writable whether files can be changed at this moment
 * @param stack from bottom to top, with the tags that name each now
 * @param changes empty when it cannot be edited
 * @param room of what keeps the changes; empty when it cannot be edited, or looked into by this user
 */
record RuntimeFacts(
        RuntimeRecord record,
        boolean writable,
        Map<Digest, List<String>> stack,
        Optional<List<Change>> changes,
        Optional<Room> room) {

    /** Bytes; those of its whole disk for a durable runtime. */
    record Room(long used, long all) {}

    static RuntimeFacts of(CurrentRuntime runtime) {
        RuntimeRecord record = runtime.record();
        boolean stopped = MountTable.read()
                .at(record.target())
                .filter(MountTable.Row::readOnly)
                .isPresent();
        return new RuntimeFacts(
                record,
                record.editable() && !stopped,
                named(record.stack(), runtime.session().repository().tags()),
                record.editable() ? Optional.of(runtime.changes()) : Optional.empty(),
                record.editable() ? room(runtime) : Optional.empty());
    }

    private static Map<Digest, List<String>> named(List<Digest> stack, Tags tags) {
        Map<Digest, List<String>> names = new LinkedHashMap<>();
        stack.forEach(each -> names.put(each, new ArrayList<>()));
        List<TagName> all = new ArrayList<>();
        tags.each("", all::add);
        for (TagName name : all) {
            tags.find(name)
                    .flatMap(tag -> Optional.ofNullable(names.get(tag.target())))
                    .ifPresent(known -> known.add(name.toString()));
        }
        return names;
    }

    private static Optional<Room> room(CurrentRuntime runtime) {
        try {
            FileStore store = Files.getFileStore(runtime.upper());
            return Optional.of(new Room(store.getTotalSpace() - store.getUnallocatedSpace(), store.getTotalSpace()));
        } catch (IOException e) {
            // Who is not its owner cannot look into it; everything else is known.
            return Optional.empty();
        }
    }

    private long count(Change.Kind kind) {
        return changes.orElse(List.of()).stream()
                .filter(each -> each.kind() == kind)
                .count();
    }

    JsonObject json() {
        JsonObject json = JsonObject.of()
                .with("name", record.id().text())
                .with("at", record.target().toString())
                .with(
                        "stack",
                        new JsonArray(stack.entrySet().stream()
                                .<JsonValue>map(each -> JsonObject.of()
                                        .with("digest", each.getKey().toString())
                                        .with("tags", JsonArray.ofStrings(each.getValue())))
                                .toList()))
                .with("layers", record.layers().size())
                .with("editable", record.editable())
                .with("writable", writable)
                .with("durable", record.durable());
        if (changes.isPresent()) {
            for (Change.Kind kind : Change.Kind.values()) {
                json = json.with(kind.name().toLowerCase(Locale.ROOT), count(kind));
            }
        }
        return room.isPresent()
                ? json.with("room_used", room.get().used())
                        .with("room", room.get().all())
                : json;
    }

    /** For people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("runtime: " + record.id() + ", at " + record.target());
        stack.forEach((digest, names) ->
                lines.add("stack: " + digest + (names.isEmpty() ? "" : " (" + String.join(", ", names) + ")")));
        lines.add("editable: " + editable());
        changes.ifPresent(_ -> lines.add("changes: " + count(Change.Kind.ADDED) + " added, "
                + count(Change.Kind.CHANGED) + " changed, " + count(Change.Kind.REMOVED) + " removed"));
        room.ifPresent(had -> lines.add("room: " + Sizes.text(had.used()) + " of " + Sizes.text(had.all())
                + (record.durable() ? " used on the disk that keeps the changes" : " used, in memory")));
        return lines;
    }

    private String editable() {
        if (!record.editable()) {
            return "no";
        }
        String kept = record.durable() ? "yes, and what is changed stays when its last process is gone" : "yes";
        return writable ? kept : "not at the moment; mayfly env edit goes on";
    }
}
