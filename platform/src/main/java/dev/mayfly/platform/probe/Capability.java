package dev.mayfly.platform.probe;

/**
 * One line of the doctor's table.
 *
 * @param name stable, scripts look for it
 * @param evidence what was seen that shows the state
 * @param fix what to do about it, commands that can be pasted where possible; empty when there is nothing to do
 */
public record Capability(String name, CapabilityState state, String evidence, String fix) {
    public static Capability active(String name, String evidence) {
        return new Capability(name, CapabilityState.ACTIVE, evidence, "");
    }

    public static Capability degraded(String name, String evidence, String fix) {
        return new Capability(name, CapabilityState.DEGRADED, evidence, fix);
    }

    public static Capability unavailable(String name, String evidence, String fix) {
        return new Capability(name, CapabilityState.UNAVAILABLE, evidence, fix);
    }
}
