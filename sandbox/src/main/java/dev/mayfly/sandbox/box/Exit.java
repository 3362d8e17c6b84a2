package dev.mayfly.sandbox.box;

/** How the command ended. */
public sealed interface Exit {
    record Exited(int code) implements Exit {}

    record Signaled(int signal) implements Exit {}
}
