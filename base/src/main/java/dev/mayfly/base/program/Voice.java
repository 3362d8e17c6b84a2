package dev.mayfly.base.program;

/** What a long command may say; the client decides where it goes. */
public interface Voice {
    /** One line about how it goes; never part of the result. */
    void progress(String line);

    /** Text of the result, printed as it is and followed by a line end. */
    void result(String text);
}
