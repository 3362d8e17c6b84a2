package dev.mayfly.fleet.github;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What starts GitHub's runner in its machine.
 *
 * @param text of the shell; finds the configuration where GitHub's runner itself looks for it
 */
public record RunnerScript(String text) {
    /** Runner.Listener takes each of its options from a variable of this kind; so the configuration is on no command line. */
    private static final String VARIABLE = "ACTIONS_RUNNER_INPUT_JITCONFIG";

    private static final Pattern CONFIG = Pattern.compile("[A-Za-z0-9+/=_-]+");

    public RunnerScript {
        Objects.requireNonNull(text, "text");
    }

    public static RunnerScript usual() {
        return new RunnerScript("cd \"${RUNNER_FOLDER:-/opt/actions-runner}\" && exec ./run.sh\n");
    }

    String with(String config) {
        if (!CONFIG.matcher(config).matches()) {
            throw new IllegalArgumentException("the configuration of a runner is base64");
        }
        return "export " + VARIABLE + "='" + config + "'\n" + text;
    }
}
