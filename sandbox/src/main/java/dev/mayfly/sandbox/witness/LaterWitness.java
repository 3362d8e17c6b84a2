package dev.mayfly.sandbox.witness;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.box.DenialWitness;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A witness that is still being made, because a kernel takes milliseconds to arm a tracepoint of every task. */
record LaterWitness(FutureTask<DenialWitness> choice) implements DenialWitness {
    private DenialWitness made() {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return choice.get();
                } catch (InterruptedException e) {
                    interrupted = true; // it takes no longer than a start; the caller sees the interrupt after it
                } catch (ExecutionException e) {
                    return DenialWitness.none("the witness failed: " + e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public LayerReport layer() {
        return made().layer();
    }

    @Override
    public Watch watch(long cgroupId) {
        return made().watch(cgroupId);
    }

    @Override
    public void close() {
        made().close();
    }
}
