package dev.mayfly.base.config;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.List;

/** Everything that is wrong with the configuration, at once. */
public final class ConfigException extends MayflyException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    public ConfigException(List<ConfigProblem> problems) {
        super(
                ErrorCode.CONFIGURATION_INVALID,
                problems.size() == 1
                        ? "the configuration has a problem"
                        : "the configuration has " + problems.size() + " problems",
                lines(problems),
                "correct it where it stands; docs/configuration.md lists every key");
        this.problems = List.copyOf(problems);
    }

    public List<ConfigProblem> problems() {
        return problems;
    }

    private static String lines(List<ConfigProblem> problems) {
        StringBuilder out = new StringBuilder();
        for (ConfigProblem problem : problems) {
            if (!out.isEmpty()) {
                out.append("\n     ");
            }
            out.append(problem);
        }
        return out.toString();
    }
}
