package dev.mayfly.mesh.controller;

import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.judge.JudgeOptions;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Duration;
import java.util.Map;

/**
 * How a controller works.
 *
 * @param forget so long after it was last heard an agent is forgotten
 * @param names of switches, by the address that they answer with
 */
public record ControllerOptions(
        PinglistOptions lists, JudgeOptions judge, Pace pace, Duration forget, Map<IpAddress, String> names) {
    public static final ControllerOptions USUAL = new ControllerOptions(
            PinglistOptions.USUAL, JudgeOptions.USUAL, Pace.USUAL, Duration.ofMinutes(15), Map.of());

    public ControllerOptions {
        names = Map.copyOf(names);
        if (!judge.window().equals(pace.window())) {
            throw new IllegalArgumentException(
                    "agents report windows of " + pace.window() + ", and windows of " + judge.window() + " are judged");
        }
    }
}
