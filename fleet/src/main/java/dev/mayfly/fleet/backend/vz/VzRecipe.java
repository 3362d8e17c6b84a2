package dev.mayfly.fleet.backend.vz;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a machine is made of, beside the files of its bundle; written by the agent and read by the holder.
 *
 * @param hardwareModel in base64
 * @param identifiers the file of all identifiers that machines of this host ever had
 */
record VzRecipe(int cpus, long memoryBytes, String hardwareModel, String mac, String identifiers) {
    private static final String FILE = "vz.json";

    VzRecipe {
        Objects.requireNonNull(hardwareModel, "hardwareModel");
        Objects.requireNonNull(mac, "mac");
        Objects.requireNonNull(identifiers, "identifiers");
    }

    void save(Path bundle) throws IOException {
        Files.writeString(
                bundle.resolve(FILE),
                JsonWriter.pretty(JsonObject.of()
                        .with("cpus", cpus)
                        .with("memory_bytes", memoryBytes)
                        .with("hardware_model", hardwareModel)
                        .with("mac", mac)
                        .with("identifiers", identifiers)));
    }

    static VzRecipe load(Path bundle) throws IOException {
        try {
            if (JsonReader.read(Files.readAllBytes(bundle.resolve(FILE))) instanceof JsonObject object
                    && object.get("cpus").orElse(object) instanceof JsonNumber cpus
                    && object.get("memory_bytes").orElse(object) instanceof JsonNumber memory
                    && object.get("hardware_model").orElse(object) instanceof JsonString model
                    && object.get("mac").orElse(object) instanceof JsonString mac
                    && object.get("identifiers").orElse(object) instanceof JsonString identifiers) {
                return new VzRecipe(
                        (int) cpus.exactLong().orElse(0),
                        memory.exactLong().orElse(0),
                        model.value(),
                        mac.value(),
                        identifiers.value());
            }
        } catch (JsonSyntaxException e) {
            throw new IOException(bundle.resolve(FILE) + " cannot be read: " + e.getMessage(), e);
        }
        throw new IOException(bundle.resolve(FILE) + " is not whole");
    }
}
