package dev.mayfly.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A judge who finds nothing is believed only if he finds what is there. */
class VerdictTest {
    @TempDir
    Path folder;

    private Path log;

    @BeforeEach
    void noRuns() throws IOException {
        log = Files.createFile(folder.resolve("trial.log"));
    }

    private static Job job(Job.Kind kind) {
        return new Job(1, kind, "f000001.", new byte[0]);
    }

    private static Row row(String state, String answer) {
        return new Row("r_1", "f000001.", state, 1, answer);
    }

    private static final String OWN = "{\"run_id\":\"r_1\",\"stdout\":\"f000001.\\n\"}";

    private Runs runs(Map<Long, Long> gone, String... lines) throws IOException {
        Files.write(log, List.of(lines));
        return Runs.read(log, gone);
    }

    private Verdict verdict(Job.Kind kind, List<Row> rows, List<String> effects, String... noted) throws IOException {
        return new Verdict(List.of(job(kind)), rows, runs(Map.of(7L, 500L), noted), effects);
    }

    private static Verdict judged(Verdict verdict, List<String> letters, Map<String, Set<String>> heard) {
        verdict.nothingIsLost();
        verdict.everythingEndsAsItShould(true, 1, 1);
        verdict.nothingRunsTwiceAtOnce(List.of());
        verdict.answersAreTheJobsOwn();
        verdict.effectsHappenOnce();
        verdict.deadLettersDeserveIt(letters);
        verdict.everybodyHearsTheSame(heard);
        return verdict;
    }

    private static void assertWrong(Verdict verdict, String what) {
        assertThat(judged(verdict, List.of(), Map.of()).wrong()).anyMatch(line -> line.contains(what));
    }

    @Test
    void what_went_well_is_acquitted() throws IOException {
        Verdict verdict = verdict(
                Job.Kind.QUICK,
                List.of(row("done", OWN)),
                List.of(),
                "start r_1 a 100 7",
                "start r_1 b 600 8",
                "end r_1 b 700 8");
        assertThat(judged(verdict, List.of(), Map.of("r_1", Set.of(OWN))).wrong())
                .isEmpty();
    }

    @Test
    void a_job_without_a_row_or_without_an_answer_is_lost() throws IOException {
        assertWrong(verdict(Job.Kind.QUICK, List.of(), List.of()), "lost");
        assertWrong(verdict(Job.Kind.QUICK, List.of(row("queued", "")), List.of()), "lost");
        assertWrong(verdict(Job.Kind.MALFORMED, List.of(), List.of()), "no dead letter");
    }

    @Test
    void the_answer_of_another_job_is_found_by_its_name_and_by_what_was_printed() throws IOException {
        assertWrong(verdict(Job.Kind.RED, List.of(row("done", OWN.replace("r_1", "r_2"))), List.of()), "another job");
        assertWrong(
                verdict(Job.Kind.QUICK, List.of(row("done", OWN.replace("f000001", "f000002"))), List.of()),
                "another job");
    }

    @Test
    void runs_that_overlap_are_found_also_when_the_first_one_ended_with_its_worker() throws IOException {
        assertWrong(
                verdict(
                        Job.Kind.QUICK,
                        List.of(row("done", OWN)),
                        List.of(),
                        "start r_1 a 100 8",
                        "start r_1 b 150 9",
                        "end r_1 a 200 8",
                        "end r_1 b 250 9"),
                "at once");
        assertWrong(
                verdict(
                        Job.Kind.QUICK,
                        List.of(row("done", OWN)),
                        List.of(),
                        "start r_1 a 100 7",
                        "start r_1 b 499 8",
                        "end r_1 b 700 8"),
                "at once");
    }

    @Test
    void effects_that_came_twice_or_not_at_all_are_found() throws IOException {
        assertWrong(
                verdict(
                        Job.Kind.EFFECTFUL,
                        List.of(row("done", OWN)),
                        List.of("start f000001.", "end f000001.", "start f000001.")),
                "effects of f000001. 2 times");
        assertWrong(verdict(Job.Kind.EFFECTFUL, List.of(row("done", OWN)), List.of()), "done without its effects");
    }

    @Test
    void an_unknown_end_is_strange_for_what_can_be_repeated_and_after_a_run_that_ended() throws IOException {
        assertWrong(verdict(Job.Kind.QUICK, List.of(row("indeterminate", "{}")), List.of()), "a strange end");
        assertWrong(
                verdict(
                        Job.Kind.EFFECTFUL,
                        List.of(row("indeterminate", "{}")),
                        List.of(),
                        "start r_1 a 100 8",
                        "end r_1 a 200 8"),
                "a strange end");
        assertThat(judged(
                                verdict(
                                        Job.Kind.EFFECTFUL,
                                        List.of(row("indeterminate", "{}")),
                                        List.of(),
                                        "start r_1 a 100 7"),
                                List.of("{: f000001. }"),
                                Map.of())
                        .wrong())
                .isEmpty();
    }

    @Test
    void answers_that_differ_and_letters_that_nobody_deserves_are_found() throws IOException {
        Verdict verdict = judged(
                verdict(Job.Kind.QUICK, List.of(row("done", OWN)), List.of()),
                List.of("{\"cmd\": \": f000001. echo\"}"),
                Map.of("r_1", Set.of(OWN, "{}")));
        assertThat(verdict.wrong())
                .anyMatch(line -> line.contains("different answers"))
                .anyMatch(line -> line.contains("told otherwise"))
                .anyMatch(line -> line.contains("should not be one"));
    }

    @Test
    void two_rows_for_one_job_are_found() throws IOException {
        assertWrong(
                verdict(
                        Job.Kind.QUICK,
                        List.of(row("done", OWN), new Row("r_2", "f000001.", "done", 1, OWN)),
                        List.of()),
                "two rows");
    }
}
