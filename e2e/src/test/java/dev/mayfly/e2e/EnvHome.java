package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A home for environments, with a folder to commit.
 *
 * @param at where commands see their environment
 */
record EnvHome(Path home, Path tools, Path at) {
    static final String MAYFLY = Program.SCRIPT + " env ";

    static EnvHome in(Path folder) throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools/bin")).getParent();
        Files.writeString(tools.resolve("bin/greeting"), "hello\n");
        Files.createSymbolicLink(tools.resolve("bin/link"), Path.of("greeting"));
        return new EnvHome(
                Files.createDirectory(folder.resolve("home")), tools, Files.createDirectory(folder.resolve("at")));
    }

    Program program(String... words) {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(List.of(words));
        return Program.mayfly(home, all.toArray(String[]::new)).with("MAYFLY_ENV_AT", at.toString());
    }

    Ended env(String... words) {
        return program(words).run();
    }

    /** @return what it printed */
    String done(String... words) {
        Ended ended = env(words);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }

    Ended refused(int exitCode, String code, String... words) {
        Ended ended = env(words);
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
        assertThat(ended.err()).contains(code);
        return ended;
    }

    /** The tag {@code tools/base} names the folder. */
    void base() {
        done("init");
        done("commit", "layer", "--path", tools.toString(), "--tag", "tools/base");
    }

    /** What a script prints in a runtime that can be changed. */
    String edited(String... lines) {
        return done("run", "--edit", "tools/base", "--", "sh", "-ec", "cd " + at + "\n" + String.join("\n", lines));
    }
}
