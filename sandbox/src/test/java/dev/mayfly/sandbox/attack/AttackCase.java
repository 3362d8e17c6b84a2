package dev.mayfly.sandbox.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * One row of {@code attacks.tsv}.
 *
 * @param command run by the shell of the box; {@code attack} is the program of {@code attack.c}
 * @param expected {@code contained}: the program says so itself; {@code killed}: a limit ended it; {@code quiet}: it
 *     ran to its end and the expectation is about what the host and the result look like
 * @param says what the result must name: {@code syscall X}, {@code net X}, {@code limit X}, {@code fs.permission X},
 *     {@code kernel.permission X} (alternatives split by |), {@code truncated}, {@code any}, or {@code -} when nothing is
 *     denied and so nothing may be named
 */
record AttackCase(String group, String name, String command, String expected, String says) {
    static List<AttackCase> all() {
        try (var in = Objects.requireNonNull(AttackCase.class.getResourceAsStream("/attack/attacks.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new AttackCase(cells[0], cells[1], cells[2], cells[3], cells[4]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether only the witness at the exit of system calls can have seen it. */
    boolean needsWitness() {
        return says.contains(".permission ");
    }

    String title() {
        return group + "/" + name;
    }
}
