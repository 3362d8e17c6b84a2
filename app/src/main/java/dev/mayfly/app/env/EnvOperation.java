package dev.mayfly.app.env;

/** What one sub-command does. */
interface EnvOperation {
    /** @return the exit code */
    int run(EnvWords words, EnvSession session) throws InterruptedException;
}
