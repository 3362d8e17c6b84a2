package dev.mayfly.queue.worker;

import java.time.Duration;

/** Lets time pass; tests do it without waiting. */
@FunctionalInterface
interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
}
