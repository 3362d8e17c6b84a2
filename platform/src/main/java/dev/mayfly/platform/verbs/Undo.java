package dev.mayfly.platform.verbs;

import java.util.ArrayDeque;
import java.util.Deque;

/** Takes back what was made, the newest first. */
final class Undo {
    private record Step(String call, long what) {}

    private final Deque<Step> steps = new ArrayDeque<>();

    void add(String call, long what) {
        steps.push(new Step(call, what));
    }

    /** @return whether the card gave the newest back */
    boolean newest(VerbsDevice device) {
        Step step = steps.poll();
        return step == null || (int) device.calls().call(device.library().symbol(step.call()), step.what()) == 0;
    }

    /** @return whether the card gave everything back */
    boolean rest(VerbsDevice device) {
        boolean all = true;
        while (!steps.isEmpty()) {
            all &= newest(device);
        }
        return all;
    }
}
