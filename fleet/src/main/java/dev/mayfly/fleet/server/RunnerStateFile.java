package dev.mayfly.fleet.server;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.api.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * {@code runner-state.json}: all runners that are not gone, for programs that only look. Replaced whole, so that a reader
 * finds the old one or the new one. It has no scripts.
 */
public final class RunnerStateFile {
    private final Path file;

    public RunnerStateFile(Path file) {
        this.file = Objects.requireNonNull(file, "file");
    }

    /** @throws MayflyException {@code STATE_UNAVAILABLE} */
    public void write(List<RunnerRecord> runners, Instant now) {
        try {
            DurableFile.replace(file, (JsonWriter.pretty(json(runners, now)) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "cannot write " + file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "see to it that its folder is there, has room and can be written to",
                    e);
        }
    }

    static JsonObject json(List<RunnerRecord> runners, Instant now) {
        List<JsonValue> items = new ArrayList<>();
        runners.stream()
                .filter(runner -> !runner.gone())
                .sorted(Comparator.comparing(RunnerRecord::id))
                .forEach(runner -> items.add(json(runner)));
        return JsonObject.of()
                .with("format", 1)
                .with("updated_at", now.toString())
                .with("runners", new JsonArray(items));
    }

    private static JsonObject json(RunnerRecord runner) {
        return JsonObject.of()
                .with("runner_id", runner.id().value())
                .with("runner_name", runner.name().value())
                .with("state", runner.state().word())
                .with("since", runner.since().toString())
                .with("resource_type", runner.wish().type().word())
                .with(
                        "agent_id",
                        runner.placed().map(place -> place.host().value()).orElse(""))
                .with("ip_address", runner.address().map(Address::host).orElse(""))
                .with("ssh_port", runner.address().map(Address::port).orElse(0))
                .with("leaving", runner.unwanted())
                .with("reason", runner.reason());
    }
}
