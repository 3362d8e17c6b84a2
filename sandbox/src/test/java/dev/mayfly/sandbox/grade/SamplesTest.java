package dev.mayfly.sandbox.grade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.Repository;
import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.policy.Policy;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.policy.PolicyStore;
import dev.mayfly.sandbox.request.RequestReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of samples/README.md, as far as it can be told without running anything. */
class SamplesTest {
    record Sample(String file, boolean runs, int exitCode, String verdict, String score) {
        static Sample of(String row) {
            String[] cells = row.split("\\|", -1);
            return new Sample(
                    cells[1].strip().replace("`", ""),
                    cells[4].strip().equals("yes"),
                    Integer.parseInt(cells[5].strip()),
                    cells[6].strip(),
                    cells[7].strip());
        }
    }

    static List<Sample> samples() {
        return Repository.text("samples/README.md")
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(Sample::of)
                .toList();
    }

    @Test
    void every_sample_is_in_the_table_once() throws IOException {
        try (Stream<Path> files = Files.list(Repository.path("samples"))) {
            assertThat(samples())
                    .extracting(Sample::file)
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString())
                                    .filter(name -> name.endsWith(".json"))
                                    .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_sample_is_decided_as_the_table_says(Sample sample) {
        try {
            RunRequest request = new RequestReader().read(Repository.bytes("samples/" + sample.file()));
            Policy policy = new PolicyStore(Repository.path("policies"), new PolicyReader())
                    .load(Optional.empty(), request.policyId());
            switch (Decider.decide(request, policy, RunFlags.NONE)) {
                case Decision.Run run -> {
                    assertThat(sample.runs()).isTrue();
                    Grade before = Grader.grade(policy.grading(), run.findings());
                    assertThat(before.riskScore()).isLessThanOrEqualTo(Integer.parseInt(sample.score()));
                    assertThat(before.verdict().exitCode().number()).isLessThanOrEqualTo(sample.exitCode());
                }
                case Decision.RedWithoutRunning red -> {
                    assertThat(sample.runs()).isFalse();
                    assertThat(red.grade().verdict().exitCode().number()).isEqualTo(sample.exitCode());
                    assertThat(red.grade().verdict().word()).isEqualTo(sample.verdict());
                    assertThat(red.grade().riskScore()).hasToString(sample.score());
                }
                case Decision.Refused refused -> throw refused.failure();
            }
        } catch (MayflyException e) {
            assertThat(sample.runs()).as(e.render()).isFalse();
            assertThat(e.code().exitCode().number()).as(e.render()).isEqualTo(sample.exitCode());
        }
    }
}
