package dev.mayfly.sandbox.seccomp;

import java.util.List;
import java.util.Set;

/**
 * A test of the arguments of a call, as far as a filter can see them: the six registers, never the memory they point to.
 *
 * <p>Only the low 32 bits are looked at. That is exact for every argument tested here: the kernel takes them as
 * {@code int}/{@code unsigned int} (socket, ioctl command, personality, prctl option, mode), or defines flags in the low
 * half only and ignores the rest (clone, mmap protection).
 */
sealed interface Condition {
    /** The masked low word of an argument is one of these values. */
    record WordIn(int argument, int mask, Set<Integer> values) implements Condition {
        public WordIn {
            values = Set.copyOf(values);
            if (argument < 0 || argument > 5 || values.isEmpty()) {
                throw new IllegalArgumentException("argument 0..5 and at least one value: " + argument + " " + values);
            }
        }
    }

    record All(List<Condition> conditions) implements Condition {
        public All {
            conditions = List.copyOf(conditions);
        }
    }

    record Any(List<Condition> conditions) implements Condition {
        public Any {
            conditions = List.copyOf(conditions);
        }
    }

    record Not(Condition condition) implements Condition {}

    static Condition is(int argument, Integer... values) {
        return new WordIn(argument, ~0, Set.of(values));
    }

    static Condition masked(int argument, int mask, Integer... values) {
        return new WordIn(argument, mask, Set.of(values));
    }

    static Condition all(Condition... conditions) {
        return new All(List.of(conditions));
    }

    static Condition any(Condition... conditions) {
        return new Any(List.of(conditions));
    }

    static Condition not(Condition condition) {
        return new Not(condition);
    }
}
