package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;

/** What one sub-command does. */
interface MeshOperation {
    /** @return the exit code */
    int run(HandedWords words, MeshSession session) throws InterruptedException;
}
