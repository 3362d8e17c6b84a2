package dev.mayfly.fleet.journal;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.fleet.agent.AgentJournal.Memory;
import dev.mayfly.fleet.agent.JournalEntry;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.runner.RunnerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What an agent remembers, as JSON. What does not fit is an {@link IllegalArgumentException}. */
final class MemoryJson {
    private static final long FORMAT = 1;

    private MemoryJson() {}

    static JsonObject write(Memory memory) {
        List<JsonValue> entries = new ArrayList<>();
        memory.entries().forEach(entry -> entries.add(write(entry)));
        JsonObject object = JsonObject.of()
                .with("format", FORMAT)
                .with("forgotten", memory.forgotten().value())
                .with("attempts", new JsonArray(entries));
        return memory.id().map(id -> object.with("agent", id.value())).orElse(object);
    }

    private static JsonObject write(JournalEntry entry) {
        JsonObject object = JsonObject.of()
                .with("runner", entry.attempt().runner().value())
                .with("fence", entry.attempt().fence().value())
                .with("type", entry.type().word())
                .with("state", entry.state().name())
                .with("started", entry.started())
                .with("reason", entry.reason());
        return entry.exitCode().isPresent()
                ? object.with("exit_code", entry.exitCode().getAsInt())
                : object;
    }

    static Memory read(JsonValue json) {
        JsonObject object = object(json);
        if (number(object, "format") != FORMAT) {
            throw new IllegalArgumentException("format " + number(object, "format") + " is not known");
        }
        List<JournalEntry> entries = new ArrayList<>();
        if (!(member(object, "attempts") instanceof JsonArray attempts)) {
            throw new IllegalArgumentException("attempts is no array");
        }
        attempts.items().forEach(item -> entries.add(entry(object(item))));
        return new Memory(
                object.get("agent").map(_ -> new AgentId(text(object, "agent"))),
                new Fence(number(object, "forgotten")),
                entries);
    }

    private static JournalEntry entry(JsonObject object) {
        if (!(member(object, "started") instanceof JsonBool started)) {
            throw new IllegalArgumentException("started is neither true nor false");
        }
        return new JournalEntry(
                new Attempt(new RunnerId(text(object, "runner")), new Fence(number(object, "fence"))),
                ResourceType.parse(text(object, "type"))
                        .orElseThrow(() -> new IllegalArgumentException("no such type: " + text(object, "type"))),
                RunnerState.valueOf(text(object, "state")),
                started.value(),
                text(object, "reason"),
                object.get("exit_code").isPresent()
                        ? OptionalInt.of(Math.toIntExact(number(object, "exit_code")))
                        : OptionalInt.empty());
    }

    private static JsonObject object(JsonValue json) {
        if (json instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException("a " + json.kind() + " stands where an object must");
    }

    private static JsonValue member(JsonObject object, String name) {
        Optional<JsonValue> member = object.get(name);
        return member.orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
    }

    private static String text(JsonObject object, String name) {
        if (member(object, name) instanceof JsonString text) {
            return text.value();
        }
        throw new IllegalArgumentException(name + " is no string");
    }

    private static long number(JsonObject object, String name) {
        if (member(object, name) instanceof JsonNumber number) {
            return number.exactLong()
                    .orElseThrow(() -> new IllegalArgumentException(name + " is no integer that fits"));
        }
        throw new IllegalArgumentException(name + " is no number");
    }
}
