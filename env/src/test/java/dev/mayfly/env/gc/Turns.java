package dev.mayfly.env.gc;

import dev.mayfly.env.repo.fs.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Lets threads go on one at a time, from step to step, in an order that a seed says. A thread that waits for another (at a
 * lock) is passed over until it has come to its next step.
 */
final class Turns implements Steps {
    private enum State {
        RUNNING,
        AT_STEP,
        ENDED
    }

    private static final class Actor {
        private final Semaphore turn = new Semaphore(0);
        private volatile State state = State.RUNNING;
    }

    interface Work {
        void run() throws Exception;
    }

    private static final int LOOKS_UNTIL_WAITING = 3;

    private final Map<Thread, Actor> actors = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final Random random;

    Turns(long seed) {
        this.random = new Random(seed);
    }

    void add(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        before("begin");
                        work.run();
                    } catch (Throwable e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    } finally {
                        actors.get(Thread.currentThread()).state = State.ENDED;
                    }
                },
                name);
        actors.put(thread, new Actor());
        threads.add(thread);
    }

    @Override
    public void before(String step) {
        Actor actor = actors.get(Thread.currentThread());
        if (actor != null) {
            actor.state = State.AT_STEP;
            actor.turn.acquireUninterruptibly();
        }
    }

    /** Until all have ended. @return what went wrong in them */
    List<Throwable> play() throws InterruptedException {
        threads.forEach(Thread::start);
        while (true) {
            settle();
            List<Thread> ready = threads.stream()
                    .filter(each -> state(each) == State.AT_STEP)
                    .toList();
            if (ready.isEmpty()) {
                if (threads.stream().allMatch(each -> state(each) == State.ENDED)) {
                    break;
                }
                Thread.onSpinWait();
                continue;
            }
            Actor next = actors.get(ready.get(random.nextInt(ready.size())));
            next.state = State.RUNNING;
            next.turn.release();
        }
        for (Thread each : threads) {
            each.join();
        }
        return failures;
    }

    private State state(Thread thread) {
        return actors.get(thread).state;
    }

    /** Waits until nobody runs: each is at a step, has ended, or waits for another. */
    private void settle() {
        for (Thread each : threads) {
            int waiting = 0;
            while (state(each) == State.RUNNING && waiting < LOOKS_UNTIL_WAITING) {
                Thread.State now = each.getState();
                waiting = now == Thread.State.WAITING || now == Thread.State.BLOCKED ? waiting + 1 : 0;
                Thread.yield();
            }
        }
    }
}
