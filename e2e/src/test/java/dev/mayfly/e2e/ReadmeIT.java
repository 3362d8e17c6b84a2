package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a newcomer is told to type is something that the program understands. */
class ReadmeIT {
    private static final Pattern COMMAND = Pattern.compile("\\./mayfly +([^`|;>#\\n]+)");

    static List<String> commands() throws IOException {
        return Stream.of("README.md", "docs/exec.md", "docs/queue.md", "docs/env.md")
                .map(Program.REPOSITORY::resolve)
                .flatMap(ReadmeIT::commandsOf)
                .map(ReadmeIT::withoutOtherCommand)
                .map(String::strip)
                .distinct()
                .toList();
    }

    /** In front of what a command with words of its own hands on unread. */
    private static String[] withHelp(String words) {
        List<String> all = new ArrayList<>(List.of(words.replace(" --help", "").split(" +")));
        all.add(all.size() > 2 && all.getFirst().equals("env") ? 2 : all.size(), "--help");
        return all.toArray(String[]::new);
    }

    /** What follows the dashes is not for mayfly. */
    private static String withoutOtherCommand(String words) {
        return words.split(" -- ", 2)[0];
    }

    private static Stream<String> commandsOf(Path document) {
        try {
            return COMMAND.matcher(Files.readString(document)).results().map(found -> found.group(1));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_of_the_guides_is_understood(String words, @TempDir Path home) {
        Program.Ended ended = Program.mayfly(home, withHelp(words)).run();

        assertThat(ended.err()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).startsWith("usage: mayfly");
    }
}
