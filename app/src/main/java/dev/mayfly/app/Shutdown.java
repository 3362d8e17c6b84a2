package dev.mayfly.app;

import java.util.concurrent.CountDownLatch;

/** How long-lived commands learn that they should end. */
public final class Shutdown {
    private Shutdown() {}

    /** Returns when the thread is interrupted, with the flag down: what follows has to wait for work in flight. */
    public static void await() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            // The one way to be told to stop.
        }
    }
}
