package dev.mayfly.env.routed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.router.ProcessTable;
import dev.mayfly.env.router.Router;
import dev.mayfly.platform.macos.ProcessFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** With a kernel of the test's own; no Mac was asked. */
class MacProcessesTest {
    private final Map<Integer, ProcessFacts> kernel = new TreeMap<>();
    private final MacProcesses processes = new MacProcesses(pid -> Optional.ofNullable(kernel.get(pid)));

    private void process(int pid, int parent, long start, boolean zombie) {
        kernel.put(pid, new ProcessFacts(pid, parent, start, zombie));
    }

    @Test
    void the_router_follows_what_the_kernel_says() {
        process(1, 0, 1, false);
        process(100, 1, 1000, false);
        process(101, 100, 1001, false);
        List<String> ended = new ArrayList<>();
        Router<String> router = new Router<>(processes, ended::add);
        assertThat(router.register(100, "a")).isPresent();
        assertThat(router.route(101)).contains("a");
        assertThat(router.route(1)).isEmpty();
        process(101, 1, 1001, false);
        kernel.remove(100);
        router.sweep();
        assertThat(router.route(101)).contains("a");
        process(101, 1, 2002, false); // the number of another one now
        assertThat(router.route(101)).isEmpty();
        router.sweep();
        assertThat(ended).containsExactly("a");
    }

    @Test
    void a_process_that_has_ended_and_was_not_waited_for_is_nobody() {
        process(100, 1, 1000, true);
        assertThat(processes.startTime(100)).isEqualTo(ProcessTable.NOBODY);
        assertThat(processes.startTime(7)).isEqualTo(ProcessTable.NOBODY);
        assertThat(processes.parent(7)).isEmpty();
    }
}
