package dev.mayfly.fleet.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.github.JobBook.Decision;
import dev.mayfly.fleet.github.JobBook.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobBookTest {
    private static final Set<Label> OURS = Set.of(new Label("self-hosted"));
    private final JobBook book = new JobBook(new Quotas(2, Map.of("Big", 3, "nobody", 0)), OURS);

    private Decision queued(long job, String repository) {
        return book.take(Events.event("queued", job, repository, "", "self-hosted", "linux"));
    }

    private Decision completed(long job, String runner) {
        return book.take(Events.event("completed", job, "octo/hello", runner, "self-hosted", "linux"));
    }

    private void works(long job, String runner) {
        book.take(Events.event("in_progress", job, "octo/hello", runner, "self-hosted", "linux"));
    }

    private static List<String> names(List<Entry> entries) {
        return entries.stream().map(Entry::runner).toList();
    }

    @Test
    void a_job_gets_one_runner_however_often_it_is_told() {
        assertThat(names(queued(1, "octo/hello").start())).containsExactly("gh-1");
        assertThat(queued(1, "octo/hello").start()).isEmpty();
        works(1, "gh-1");
        assertThat(names(completed(1, "gh-1").end())).containsExactly("gh-1");
        assertThat(completed(1, "gh-1").end()).isEmpty();
        assertThat(queued(1, "octo/hello").start())
                .as("an event that comes late")
                .isEmpty();
        assertThat(book.entries()).isEmpty();
    }

    @Test
    void an_owner_who_has_enough_waits_in_line_and_is_told_so() {
        queued(1, "octo/hello");
        queued(2, "Octo/world");
        Decision third = queued(3, "octo/hello");
        assertThat(third.start()).isEmpty();
        assertThat(third.said()).isEqualTo("waiting: octo has 2 of 2 runners, and waits for one of them to end");
        queued(4, "octo/hello");
        assertThat(queued(5, "big/one").start()).as("others have their own").hasSize(1);
        assertThat(names(completed(1, "gh-1").start())).as("the oldest first").containsExactly("gh-3");
        Decision cancelled = completed(4, "");
        assertThat(cancelled.end()).as("it never had one").isEmpty();
        assertThat(queued(6, "nobody/x").said()).contains("nobody has 0 of 0 runners");
    }

    @Test
    void a_runner_ends_with_the_job_that_it_worked_on_whichever_it_was_made_for() {
        queued(1, "octo/hello");
        queued(2, "octo/hello");
        works(2, "gh-1");
        assertThat(names(completed(2, "gh-1").end())).containsExactly("gh-1");
        assertThat(names(book.entries()))
                .as("the one that was made for 2 is there for 1")
                .containsExactly("gh-2");
        assertThat(book.entries().getFirst().job()).isEqualTo(1);
        works(1, "gh-2");
        assertThat(names(completed(1, "gh-2").end())).containsExactly("gh-2");
    }

    @Test
    void a_job_that_is_cancelled_ends_a_runner_that_has_nothing_to_do() {
        queued(1, "octo/hello");
        queued(2, "octo/hello");
        works(2, "gh-1");
        assertThat(names(completed(1, "").end()))
                .as("its own works for 2, so that of 2 is idle")
                .containsExactly("gh-2");
        assertThat(names(completed(2, "gh-1").end())).containsExactly("gh-1");
        assertThat(book.entries()).isEmpty();
    }

    @Test
    void jobs_for_others_are_left_alone() {
        assertThat(book.take(Events.event("queued", 1, "octo/hello", "", "ubuntu-latest"))
                        .said())
                .startsWith("ignored");
        assertThat(book.take(Events.event("completed", 1, "octo/hello", "GitHub Actions 2", "ubuntu-latest"))
                        .said())
                .startsWith("ignored");
        assertThat(book.take(Events.event("waiting", 2, "octo/hello", "", "self-hosted"))
                        .start())
                .isEmpty();
        assertThat(book.entries()).isEmpty();
    }

    @Test
    void whatever_github_does_no_runner_is_left_and_none_that_works_is_ended() {
        for (long seed = 0; seed < 300; seed++) {
            new Play(seed).run();
        }
    }

    /** GitHub as it may be: takes any runner for any job, cancels, and says things twice. */
    private static final class Play {
        private final Random random;
        private final long seed;
        private final JobBook book = new JobBook(new Quotas(3, Map.of()), OURS);
        private final Set<String> alive = new HashSet<>();
        private final List<Long> open = new ArrayList<>();
        private final java.util.Map<String, Long> working = new java.util.TreeMap<>();

        Play(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (long job = 1; job <= 30; job++) {
                open.add(job);
                tell("queued", job, "");
                for (int i = random.nextInt(3); i > 0; i--) {
                    step();
                }
            }
            for (int i = 0; i < 1_000 && !(open.isEmpty() && working.isEmpty()); i++) {
                step();
            }
            assertThat(open).as("seed %s: all jobs are done", seed).isEmpty();
            assertThat(working).isEmpty();
            assertThat(alive).as("seed %s", seed).isEmpty();
            assertThat(book.entries()).isEmpty();
        }

        private void step() {
            List<String> idle = alive.stream()
                    .filter(each -> !working.containsKey(each))
                    .sorted()
                    .toList();
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    if (!idle.isEmpty() && !open.isEmpty()) {
                        long job = open.remove(random.nextInt(open.size()));
                        String runner = idle.get(random.nextInt(idle.size()));
                        working.put(runner, job);
                        tell("in_progress", job, runner);
                    }
                }
                case 2 -> {
                    if (!working.isEmpty()) {
                        String runner = working.keySet().iterator().next();
                        tell("completed", working.remove(runner), runner);
                    }
                }
                default -> {
                    if (!open.isEmpty() && random.nextInt(4) == 0) {
                        tell("completed", open.remove(random.nextInt(open.size())), "");
                    }
                }
            }
        }

        private void tell(String action, long job, String runner) {
            for (int i = random.nextInt(5) == 0 ? 2 : 1; i > 0; i--) {
                Decision decision = book.take(Events.event(action, job, "octo/hello", runner, "self-hosted"));
                decision.end().forEach(each -> {
                    assertThat(working).as("seed %s: it works", seed).doesNotContainKey(each.runner());
                    assertThat(alive.remove(each.runner()))
                            .as("seed %s: it is there", seed)
                            .isTrue();
                });
                decision.start()
                        .forEach(each -> assertThat(alive.add(each.runner())).isTrue());
                assertThat(alive).as("seed %s: the quota holds", seed).hasSizeLessThanOrEqualTo(3);
            }
        }
    }

    @Test
    void what_is_no_event_of_a_job_says_what_is_wrong() {
        for (String body : List.of(
                "",
                "[]",
                "{}",
                "{\"action\": \"queued\", \"workflow_job\": {\"id\": \"1\"}}",
                "{\"action\": \"queued\", \"workflow_job\": {\"id\": 1}, \"repository\": {\"full_name\": \"../x\"}}")) {
            assertThatThrownBy(() -> JobEvent.read(body.getBytes(StandardCharsets.UTF_8)))
                    .as(body)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("(?s).{8,}");
        }
    }
}
