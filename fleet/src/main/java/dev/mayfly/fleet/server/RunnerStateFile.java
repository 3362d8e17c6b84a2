package dev.mayfly.fleet.server;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.api.Address;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
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
            DurableFile.replace(file, out -> write(out, runners, now));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "cannot write " + file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "see to it that its folder is there, has room and can be written to",
                    e);
        }
    }

    /** Runner by runner and not as one value, because there may be fifty thousand. */
    private static void write(OutputStream out, List<RunnerRecord> runners, Instant now) throws IOException {
        List<RunnerRecord> here = runners.stream()
                .filter(runner -> !runner.gone())
                .sorted(Comparator.comparing(RunnerRecord::id))
                .toList();
        StringBuilder text = new StringBuilder(1_024);
        text.append("{\n  \"format\": 1,\n  \"updated_at\": ").append(JsonWriter.quoted(now.toString()));
        text.append(",\n  \"runners\": [");
        for (int i = 0; i < here.size(); i++) {
            text.append(i == 0 ? "\n" : ",\n");
            append(text, here.get(i));
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            text.setLength(0);
        }
        text.append(here.isEmpty() ? "]\n}\n" : "\n  ]\n}\n");
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void append(StringBuilder text, RunnerRecord runner) {
        text.append("    {\n");
        member(text, "runner_id", JsonWriter.quoted(runner.id().value()));
        member(text, "runner_name", JsonWriter.quoted(runner.name().value()));
        member(text, "state", JsonWriter.quoted(runner.state().word()));
        member(text, "since", JsonWriter.quoted(runner.since().toString()));
        member(text, "resource_type", JsonWriter.quoted(runner.wish().type().word()));
        member(
                text,
                "agent_id",
                JsonWriter.quoted(
                        runner.placed().map(place -> place.host().value()).orElse("")));
        member(
                text,
                "ip_address",
                JsonWriter.quoted(runner.address().map(Address::host).orElse("")));
        member(text, "ssh_port", runner.address().map(Address::port).orElse(0).toString());
        member(text, "leaving", Boolean.toString(runner.unwanted()));
        member(text, "reason", JsonWriter.quoted(runner.reason()));
        text.setLength(text.length() - ",\n".length());
        text.append("\n    }");
    }

    private static void member(StringBuilder text, String name, String value) {
        text.append("      \"").append(name).append("\": ").append(value).append(",\n");
    }
}
