package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;

/** What one sub-command does. */
interface EnvOperation {
    /** @return the exit code */
    int run(HandedWords words, EnvSession session) throws InterruptedException;
}
