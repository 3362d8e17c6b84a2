package dev.mayfly.fleet.server;

/** What becomes of a runner that is not wanted any more. */
public sealed interface DeleteAnswer {
    /** Its host has shown that nothing is left, or there was nothing. */
    record Gone() implements DeleteAnswer {}

    /** There was no such runner, or it is long gone. */
    record Unknown() implements DeleteAnswer {}

    /** It will be destroyed, and its host has not confirmed it yet. */
    record Unconfirmed(String why) implements DeleteAnswer {}
}
