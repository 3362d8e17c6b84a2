package dev.mayfly.env.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final int EVENTS = Integer.getInteger("mayfly.router.events", 300_000);

    private final Random random = new Random(7);
    private final FakeProcesses processes = new FakeProcesses(64);
    private final List<String> ended = new ArrayList<>();
    private final Router<String> router = new Router<>(processes, ended::add);

    private int child(int parent) {
        return processes.fork(parent, random);
    }

    @Test
    void descendants_see_the_view_of_the_nearest_registered_process() {
        int shell = child(FakeProcesses.REAPER);
        router.register(shell, "a");
        int tool = child(child(shell));
        int inner = child(shell);
        router.register(inner, "b");
        assertThat(router.route(tool)).contains("a");
        assertThat(router.route(child(inner))).contains("b");
        assertThat(router.route(child(FakeProcesses.REAPER))).isEmpty();
    }

    @Test
    void an_orphan_keeps_its_view_and_gives_it_to_its_children() {
        int shell = child(FakeProcesses.REAPER);
        router.register(shell, "a");
        int daemon = child(shell);
        assertThat(router.route(daemon)).contains("a");
        router.exited(processes.exit(shell));
        assertThat(router.route(daemon)).contains("a");
        int late = child(daemon);
        assertThat(router.route(late)).contains("a");
        assertThat(ended).isEmpty();
        router.exited(processes.exit(daemon));
        router.exited(processes.exit(late));
        assertThat(ended).containsExactly("a");
    }

    @Test
    void a_reused_number_gets_nothing_from_its_former_owner_even_before_the_news_of_its_end() {
        FakeProcesses one = new FakeProcesses(1);
        Router<String> tight = new Router<>(one, ended::add);
        int first = one.fork(FakeProcesses.REAPER, random);
        tight.register(first, "secret");
        ProcessId gone = one.exit(first);
        int second = one.fork(FakeProcesses.REAPER, random);
        assertThat(second).isEqualTo(first);
        assertThat(tight.route(second)).isEmpty();
        tight.register(second, "other");
        assertThat(ended).containsExactly("secret");
        tight.exited(gone);
        assertThat(tight.route(second)).contains("other");
    }

    @Test
    void a_parent_whose_number_changes_hands_while_we_look_is_not_believed() {
        // The table as a kernel may show it: between two questions the parent ends and a stranger takes its number.
        int[] questions = new int[1];
        ProcessTable changing = new ProcessTable() {
            @Override
            public long startTime(int pid) {
                if (pid == 10) {
                    questions[0]++;
                    return 500;
                }
                return pid == 20 ? 100 : 1;
            }

            @Override
            public OptionalInt parent(int pid) {
                if (pid == 20) {
                    return OptionalInt.of(questions[0] == 0 ? 10 : 1);
                }
                return OptionalInt.of(1);
            }
        };
        Router<String> tricked = new Router<>(changing, ended::add);
        tricked.register(10, "stranger's");
        questions[0] = 0;
        assertThat(tricked.route(20)).isEmpty();
    }

    @Test
    void who_stands_between_a_process_and_its_view_keeps_it_too_without_ever_asking() {
        int shell = child(FakeProcesses.REAPER);
        router.register(shell, "a");
        int between = child(shell);
        assertThat(router.route(child(between))).contains("a");
        router.exited(processes.exit(shell));
        assertThat(router.route(between)).contains("a");
    }

    @Test
    void what_ended_unheard_is_found_by_a_sweep() {
        int shell = child(FakeProcesses.REAPER);
        router.register(shell, "a");
        processes.exit(shell);
        assertThat(router.sweep()).isEqualTo(1);
        assertThat(ended).containsExactly("a");
        assertThat(router.members("a")).isEmpty();
    }

    /** Forks, exits, reuse and news that come late, against what the view of each process really is. */
    @Test
    void no_process_ever_sees_the_view_of_another_tree() {
        long seed = Long.getLong("mayfly.router.seed", System.nanoTime());
        Random drawn = new Random(seed);
        Model model = new Model(drawn);
        for (int i = 0; i < EVENTS; i++) {
            model.step();
        }
        assertThat(model.wrong).as("seed %d: answers of another tree", seed).isZero();
        assertThat(model.lost)
                .as("seed %d: a process whose tree was known got nothing", seed)
                .isZero();
        assertThat(model.asked).isGreaterThan(EVENTS / 4);
        model.endAll();
        assertThat(model.over).as("seed %d", seed).isEqualTo(model.registered);
    }

    private static final class Model {
        private final Random random;
        private final FakeProcesses machine = new FakeProcesses(200);
        private final Set<Integer> over = new HashSet<>();
        private final Set<Integer> registered = new HashSet<>();
        private final Router<Integer> router = new Router<>(machine, over::add);
        private final Map<Integer, Integer> truth = new HashMap<>();
        private final Set<Integer> seen = new HashSet<>();
        private final Deque<ProcessId> news = new ArrayDeque<>();
        private int views;
        private int asked;
        private int wrong;
        private int lost;

        Model(Random random) {
            this.random = random;
        }

        void step() {
            int what = random.nextInt(100);
            if (what < 30) {
                fork();
            } else if (what < 45) {
                exit();
            } else if (what < 48) {
                register();
            } else if (what < 60 && !news.isEmpty()) {
                router.exited(random.nextBoolean() ? news.removeFirst() : news.peekLast());
            } else {
                ask(machine.any(random));
            }
        }

        private void fork() {
            if (machine.isFull()) {
                return;
            }
            int parent = machine.any(random);
            int pid = machine.fork(parent, random);
            Optional.ofNullable(truth.get(parent)).ifPresent(view -> truth.put(pid, view));
        }

        private void exit() {
            int pid = machine.any(random);
            if (pid != FakeProcesses.REAPER) {
                news.add(machine.exit(pid));
                truth.remove(pid);
                seen.remove(pid);
            }
        }

        private void register() {
            int pid = machine.any(random);
            if (pid != FakeProcesses.REAPER && !truth.containsKey(pid)) {
                int view = ++views;
                registered.add(view);
                router.register(pid, view);
                seen.add(pid);
                inherit(pid, view);
            }
        }

        private void inherit(int pid, int view) {
            truth.put(pid, view);
            for (int child : machine.children(pid)) {
                if (!truth.containsKey(child)) {
                    inherit(child, view);
                }
            }
        }

        private void ask(int pid) {
            asked++;
            Optional<Integer> answer = router.route(pid);
            Optional<Integer> right = Optional.ofNullable(truth.get(pid));
            if (answer.isPresent() && !answer.equals(right)) {
                wrong++;
            }
            if (answer.isEmpty() && seen.contains(pid)) {
                lost++;
            }
            if (answer.isPresent()) {
                seen.add(pid);
            }
        }

        /** Ends everybody; news that were lost on the way are found by the sweep. */
        void endAll() {
            while (machine.size() > 1) {
                int pid = machine.any(random);
                if (pid != FakeProcesses.REAPER) {
                    machine.exit(pid);
                }
            }
            router.sweep();
        }
    }
}
