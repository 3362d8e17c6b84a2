package dev.mayfly.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command: how it is spelt, and how what was typed becomes a call. Made only when it is the one that was typed. */
interface Verb {
    /** The command with its options, positionals, description and examples; sub-commands included. */
    CommandSpec spec();

    /** Runs what was parsed and returns the exit code. */
    int run(ParseResult parsed, Session session) throws InterruptedException;
}
