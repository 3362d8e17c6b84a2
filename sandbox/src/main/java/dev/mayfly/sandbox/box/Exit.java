package dev.mayfly.sandbox.box;

import java.util.OptionalInt;

/** How the command ended. */
public sealed interface Exit {
    record Exited(int code) implements Exit {
        @Override
        public OptionalInt exitCode() {
            return OptionalInt.of(code);
        }

        @Override
        public OptionalInt endedBy() {
            return OptionalInt.empty();
        }
    }

    record Signaled(int signal) implements Exit {
        @Override
        public OptionalInt exitCode() {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt endedBy() {
            return OptionalInt.of(signal);
        }
    }

    /** Empty when a signal ended it. */
    OptionalInt exitCode();

    /** The signal; empty when it ended by itself. */
    OptionalInt endedBy();
}
