package dev.mayfly.bench.env;

import dev.mayfly.env.router.ProcessId;
import dev.mayfly.env.router.ProcessTable;
import dev.mayfly.env.router.Router;
import dev.mayfly.env.router.RouterCounts;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * The router of the macOS service on a machine of the imagination: processes that open files, fork, end, and get each
 * other's numbers, with news of their ends that come late or twice. The machine knows the true view of each, so every
 * answer is compared.
 */
public final class RouterLoad {
    /** What a process opens in its life: a compiler hundreds of files, a shell or an editor many more. */
    public static final int QUESTIONS_PER_PROCESS = 2_000;

    private static final long MOST_HITS = 5_000_000;
    private static final int ROUNDS = 5;

    /**
     * @param events forks, ends and questions in any order
     * @param asked questions of processes of which each asks {@link #QUESTIONS_PER_PROCESS}
     * @param hitShare of them that were answered from a pin
     * @param wrong answers with the view of another tree, of both
     * @param nanosPerHit the best of five rounds
     */
    public record Result(long events, long asked, double hitShare, long wrong, double nanosPerHit) {}

    private RouterLoad() {}

    public static Result run(long events, long seed) {
        Machine churning = new Machine(seed);
        churning.churn(events);
        Machine working = new Machine(seed + 1);
        RouterCounts before = working.router.counts();
        working.work(events);
        RouterCounts after = working.router.counts();
        long asked = after.lookups() - before.lookups();
        double share = asked == 0 ? 0 : (double) (after.hits() - before.hits()) / asked;
        return new Result(
                events, asked, share, churning.wrong + working.wrong, working.nanosPerHit(Math.min(events, MOST_HITS)));
    }

    private static final class Machine implements ProcessTable {
        private static final int NUMBERS = 1024;
        private static final int SHELLS = 32;
        private static final int INIT = 1;
        private static final int NONE = -1;
        private static final int LATE = 64;

        private final SplittableRandom random;
        private final long[] starts = new long[NUMBERS];
        private final int[] parents = new int[NUMBERS];
        private final int[] views = new int[NUMBERS];
        private final int[] alive = new int[NUMBERS];
        private final int[] places = new int[NUMBERS];
        private final Deque<ProcessId> news = new ArrayDeque<>();
        private final Router<Integer> router = new Router<>(this, _ -> {});
        private int count;
        private int shells;
        private long clock = 1;
        private long wrong;

        Machine(long seed) {
            random = new SplittableRandom(seed);
            Arrays.fill(starts, NOBODY);
            Arrays.fill(views, NONE);
            begin(INIT, INIT, NONE);
            for (int i = 0; i < SHELLS; i++) {
                shell();
            }
        }

        /** Far more of everything than any machine has, and processes that nobody looks at while their parents live. */
        void churn(long events) {
            for (long i = 0; i < events; i++) {
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3 -> fork();
                    case 4, 5, 6 -> exit();
                    case 7 -> shell();
                    case 8 -> hear(random.nextBoolean());
                    default -> ask(any());
                }
            }
        }

        /** Each new process asks at once, as it does when its program is in the view, and goes on to ask. */
        void work(long questions) {
            for (long asked = 0; asked < questions; ) {
                ask(fork());
                if (count > NUMBERS / 2) {
                    exit();
                    hear(true);
                }
                asked++;
                for (int i = 0; i < QUESTIONS_PER_PROCESS && asked < questions; i++, asked++) {
                    ask(any());
                }
            }
        }

        double nanosPerHit(long hits) {
            int pid = any();
            long best = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long found = 0;
                long start = System.nanoTime();
                for (long i = 0; i < hits; i++) {
                    found += router.route(pid).isPresent() ? 1 : 0;
                }
                best = Math.min(best, System.nanoTime() - start);
                wrong += found == hits ? 0 : 1;
            }
            return (double) best / hits;
        }

        /** Not init, which opens nothing in a view. */
        private int any() {
            return alive[1 + random.nextInt(count - 1)];
        }

        private void ask(int pid) {
            int answer = router.route(pid).orElse(NONE);
            if (answer != NONE && answer != views[pid]) {
                wrong++;
            }
        }

        private void shell() {
            if (count < NUMBERS - 2) {
                int view = ++shells;
                int pid = free();
                begin(pid, INIT, view);
                router.register(pid, view);
            }
        }

        private int fork() {
            int parent = any();
            if (count >= NUMBERS - 2) {
                return parent;
            }
            int pid = free();
            begin(pid, parent, views[parent]);
            return pid;
        }

        private void begin(int pid, int parent, int view) {
            starts[pid] = clock++;
            parents[pid] = parent;
            views[pid] = view;
            places[pid] = count;
            alive[count++] = pid;
        }

        private int free() {
            int pid;
            do {
                pid = INIT + 1 + random.nextInt(NUMBERS - INIT - 1);
            } while (starts[pid] != NOBODY);
            return pid;
        }

        private void exit() {
            if (count <= 2) {
                return;
            }
            int pid = any();
            news.add(new ProcessId(pid, starts[pid]));
            starts[pid] = NOBODY;
            views[pid] = NONE;
            int last = alive[--count];
            alive[places[pid]] = last;
            places[last] = places[pid];
            for (int i = 0; i < count; i++) {
                if (parents[alive[i]] == pid) {
                    parents[alive[i]] = INIT;
                }
            }
        }

        /** Of one end, or of one that is told again later. */
        private void hear(boolean forGood) {
            if (!news.isEmpty()) {
                router.exited(forGood || news.size() > LATE ? news.removeFirst() : news.getLast());
            }
        }

        @Override
        public long startTime(int pid) {
            return pid < 0 || pid >= NUMBERS ? NOBODY : starts[pid];
        }

        @Override
        public OptionalInt parent(int pid) {
            return startTime(pid) == NOBODY ? OptionalInt.empty() : OptionalInt.of(parents[pid]);
        }
    }
}
