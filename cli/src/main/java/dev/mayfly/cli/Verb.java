package dev.mayfly.cli;

/** One command: how it is spelt, and how what was typed becomes a call. Made only when it is the one that was typed. */
interface Verb {
    /** The command with its options, argument, sub-commands and examples. */
    Command command();

    /** Runs what was read and returns the exit code. */
    int run(Words words, Session session) throws InterruptedException;
}
