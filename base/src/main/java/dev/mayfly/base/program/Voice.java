package dev.mayfly.base.program;

/** What a long command may say; the client decides where it goes. */
public interface Voice {
    /** One line about how it goes; never part of the result. */
    void progress(String line);

    /** Text of the result, printed as it is and followed by a line end. */
    void result(String text);

    /** Whether lines said by {@link #standing} take each other's place, as on a terminal. */
    default boolean replaces() {
        return false;
    }

    /** How it stands now, in place of what was said so last; an empty line takes that away. */
    default void standing(String line) {
        if (!line.isEmpty()) {
            progress(line);
        }
    }
}
