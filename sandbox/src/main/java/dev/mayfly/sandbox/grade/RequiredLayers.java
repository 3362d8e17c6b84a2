package dev.mayfly.sandbox.grade;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.policy.EvidenceKind;
import dev.mayfly.sandbox.policy.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the layers that a policy requires with those that a backend has, before a run and again after it.
 *
 * <p>The software backend has no kernel layers and needs none: a module reaches nothing but what its host functions
 * give. A backend says so by reporting the layer {@link #SOFTWARE} active, and this stands for all required layers.
 */
public final class RequiredLayers {
    /** Reported active by a backend whose programs make no system calls at all. */
    public static final String SOFTWARE = "wasm-vfs";

    /** The one layer that an unavailable backend reports. */
    private static final String ABSENT = "backend";

    private RequiredLayers() {}

    /** The reports with {@code requested} set by the policy; a required layer nobody reported is added as missing. */
    public static List<LayerReport> marked(Policy policy, List<LayerReport> reports) {
        if (isAbsent(reports)) {
            return List.copyOf(reports);
        }
        Map<String, LayerReport> marked = new LinkedHashMap<>();
        boolean software = isSoftware(reports);
        for (LayerReport report : reports) {
            boolean requested = software || policy.requiredLayers().contains(report.name());
            marked.put(report.name(), new LayerReport(report.name(), requested, report.state(), report.reason()));
        }
        if (!software) {
            for (String name : policy.requiredLayers()) {
                marked.putIfAbsent(
                        name, new LayerReport(name, true, LayerState.UNAVAILABLE, "this backend does not have it"));
            }
        }
        return List.copyOf(marked.values());
    }

    /**
     * Whether a run may start on these layers. Where there is no backend at all this has no opinion: running it says
     * why better than a list of every layer could.
     *
     * @param reports as {@link #marked} gives them
     * @return the refusal, {@code LAYER_MISSING}
     */
    public static Optional<MayflyException> refusal(List<LayerReport> reports, RunFlags flags) {
        if (isAbsent(reports)) {
            return Optional.empty();
        }
        List<String> missing = new ArrayList<>();
        for (LayerReport report : reports) {
            boolean counts = report.requested() || (flags.strict() && report.state() != LayerState.OFF);
            if (counts && report.state() != LayerState.ACTIVE) {
                missing.add(report.name() + " is " + report.state().word() + " (" + report.reason() + ")");
            }
        }
        if (missing.isEmpty() || flags.allowDegraded()) {
            return Optional.empty();
        }
        return Optional.of(new MayflyException(
                ErrorCode.LAYER_MISSING,
                flags.strict()
                        ? "--strict is given and not every layer of protection is active; nothing was run"
                        : "a layer of protection that the policy requires is not active; nothing was run",
                String.join("; ", missing),
                "`mayfly doctor` shows the fix of each; as root (sudo ./mayfly exec ...) jobs have control groups and user ids"
                        + " of their own; or run with --allow-degraded (the verdict is then yellow at least)"));
    }

    /** The evidence that a run was made without layers its policy requires. */
    public static List<Evidence> evidence(List<LayerReport> reports) {
        return reports.stream()
                .filter(report -> report.requested() && report.state() != LayerState.ACTIVE)
                .map(report -> new Evidence(EvidenceKind.LAYER_DEGRADED, report.name()))
                .toList();
    }

    private static boolean isAbsent(List<LayerReport> reports) {
        return reports.stream()
                .anyMatch(report -> report.name().equals(ABSENT) && report.state() == LayerState.UNAVAILABLE);
    }

    private static boolean isSoftware(List<LayerReport> reports) {
        return reports.stream()
                .anyMatch(report -> report.name().equals(SOFTWARE) && report.state() == LayerState.ACTIVE);
    }
}
