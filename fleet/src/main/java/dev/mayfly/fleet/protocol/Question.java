package dev.mayfly.fleet.protocol;

import java.time.Duration;
import java.util.Objects;

/** What somebody wants to know of a machine. Asked of its agent, beside the orders: losing one costs nothing but the answer. */
public sealed interface Question {
    /** The last of what the script has written. */
    record Logs() implements Question {}

    /**
     * What a command does in the guest.
     *
     * @param command for the guest's shell
     * @param input what the command reads
     */
    record Exec(String command, String input, Duration patience) implements Question {
        public Exec {
            Objects.requireNonNull(command, "command");
            Objects.requireNonNull(input, "input");
            Objects.requireNonNull(patience, "patience");
        }

        /** Input is nobody's business. */
        @Override
        public String toString() {
            return "Exec[" + command + "]";
        }
    }

    /** What the guest says of itself, as an object of JSON. */
    record Guest() implements Question {}

    /** How somebody on the host itself logs in. */
    record Login() implements Question {}
}
