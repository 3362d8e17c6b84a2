package dev.mayfly.env.lazy;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Lets what somebody waits for go before what nobody has asked for yet. */
final class Urgency {
    private int urgent;

    synchronized void begin() {
        urgent++;
        notifyAll(); // what waited below may have become urgent itself
    }

    synchronized void end() {
        urgent--;
        if (urgent == 0) {
            notifyAll();
        }
    }

    /** Waits while there is anything urgent, unless this is; but not for ever, so that all comes to its end. */
    synchronized void giveWay(BooleanSupplier isUrgent, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (urgent > 0 && !isUrgent.getAsBoolean()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
