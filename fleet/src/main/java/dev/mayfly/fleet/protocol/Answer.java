package dev.mayfly.fleet.protocol;

import java.util.Objects;

/** What an agent says to a {@link Question}. */
public sealed interface Answer {
    /** @param exitCode of a command; 0 for other questions */
    record Text(int exitCode, String text) implements Answer {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /** There is none. */
    record None(String why) implements Answer {
        public None {
            Objects.requireNonNull(why, "why");
        }
    }
}
