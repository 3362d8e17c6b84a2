package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.mesh.doctor.HostFiles;
import dev.mayfly.mesh.doctor.MeshDoctor;
import dev.mayfly.mesh.soft.SoftTrials;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityTable;
import java.nio.file.Path;
import java.util.List;

/** {@code mayfly mesh doctor}. */
final class DoctorOperations {
    private DoctorOperations() {}

    static int doctor(HandedWords words, MeshSession session) {
        List<Capability> rows = new MeshDoctor(new HostFiles(Path.of("/")), new SoftTrials()).examine();
        boolean canProbe = MeshDoctor.canProbe(rows);
        session.voice().result(words.on("--json") ? json(rows, canProbe) : text(rows, canProbe));
        return (canProbe ? ExitCode.GREEN : ExitCode.UNAVAILABLE).number();
    }

    private static String json(List<Capability> rows, boolean canProbe) {
        return JsonWriter.pretty(JsonObject.of()
                .with("can_probe", canProbe)
                .with(
                        "capabilities",
                        new JsonArray(List.copyOf(
                                rows.stream().map(DoctorOperations::row).toList()))));
    }

    private static JsonObject row(Capability row) {
        return JsonObject.of()
                .with("name", row.name())
                .with("state", row.state().word())
                .with("evidence", row.evidence())
                .with("fix", row.fix());
    }

    private static String text(List<Capability> rows, boolean canProbe) {
        return CapabilityTable.of(rows) + "\n"
                + (canProbe ? "Probes can be sent from here, over UDP." : "No probes can be sent from here.");
    }
}
