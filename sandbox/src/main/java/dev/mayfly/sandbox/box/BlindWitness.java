package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.Violation;
import java.util.List;
import java.util.Map;

/** Sees nothing. */
record BlindWitness(LayerReport layer) implements DenialWitness {
    private enum Nothing implements Watch {
        INSTANCE;

        @Override
        public List<Violation> collect(Map<Integer, Long> filtered) {
            return List.of();
        }

        @Override
        public void close() {}
    }

    @Override
    public Watch watch(long cgroupId) {
        return Nothing.INSTANCE;
    }

    @Override
    public void close() {}
}
