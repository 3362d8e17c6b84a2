package dev.mayfly.platform.probe;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.List;
import java.util.Optional;

/** All findings about one machine, and how they are shown. Pure. */
public record DoctorReport(String osName, String architecture, List<Capability> capabilities) {
    /** Without any of these no job runs, whatever starts it. */
    private static final List<String> NATIVE_NEEDS =
            List.of("launcher", "kernel", "user-ns", "pid-ns", "mount-ns", "ipc-ns", "uts-ns", "net-ns", "seccomp");

    private static final List<String> BWRAP_NEEDS = List.of("bwrap", "kernel", "seccomp");

    /** What the policy that comes with the program requires besides; without it runs must be allowed to be degraded. */
    private static final List<String> DEFAULT_POLICY_NEEDS = List.of("uid", "cgroup-memory", "cgroup-pids");

    public DoctorReport {
        capabilities = List.copyOf(capabilities);
    }

    public Optional<Capability> find(String name) {
        return capabilities.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** Whether untrusted code can run here under enforcement, with one launcher or the other. */
    public boolean canRun() {
        return canRunNative() || canRunBubblewrap();
    }

    public boolean canRunNative() {
        return NATIVE_NEEDS.stream().allMatch(this::usable);
    }

    public boolean canRunBubblewrap() {
        return BWRAP_NEEDS.stream().allMatch(this::usable);
    }

    private boolean usable(String name) {
        return find(name)
                .filter(each -> each.state() != CapabilityState.UNAVAILABLE)
                .isPresent();
    }

    public JsonObject json() {
        JsonArray rows = new JsonArray(capabilities.stream()
                .map(each -> (dev.mayfly.base.json.JsonValue) JsonObject.of()
                        .with("name", each.name())
                        .with("state", each.state().word())
                        .with("evidence", each.evidence())
                        .with("fix", each.fix()))
                .toList());
        return JsonObject.of()
                .with("os", osName)
                .with("arch", architecture)
                .with("can_run", canRun())
                .with("backends", backends())
                .with("capabilities", rows);
    }

    private JsonObject backends() {
        return JsonObject.of().with("native", canRunNative()).with("bwrap", canRunBubblewrap());
    }

    /** One line for each, its fix on the line below; columns as wide as their longest word. */
    public String table() {
        return CapabilityTable.of(capabilities) + "\n" + conclusion() + "\n";
    }

    private String conclusion() {
        if (canRunNative()) {
            return "Untrusted code can run here, in the native sandbox." + weaker();
        }
        return canRunBubblewrap()
                ? "Untrusted code can run here, in bubblewrap; the native sandbox lacks " + missing(NATIVE_NEEDS) + "."
                        + weaker()
                : "No shell command can be confined here: the native sandbox lacks " + missing(NATIVE_NEEDS)
                        + ", bubblewrap lacks " + missing(BWRAP_NEEDS) + ".";
    }

    private String weaker() {
        List<String> lacking = DEFAULT_POLICY_NEEDS.stream()
                .filter(name -> find(name)
                        .filter(each -> each.state() != CapabilityState.ACTIVE)
                        .isPresent())
                .toList();
        return lacking.isEmpty()
                ? ""
                : "\nThe default policy requires " + String.join(", ", lacking)
                        + " as well, and refuses to run without: see the fix of each,\nor run with --allow-degraded, which"
                        + " makes the verdict yellow at least.";
    }

    private String missing(List<String> needs) {
        return String.join(", ", needs.stream().filter(name -> !usable(name)).toList());
    }
}
