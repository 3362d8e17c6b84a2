package dev.mayfly.sandbox.grade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Verdict;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.policy.EvidenceKind;
import dev.mayfly.sandbox.policy.Grading;
import dev.mayfly.sandbox.policy.GradingRule;
import dev.mayfly.sandbox.policy.Policy;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.policy.Thresholds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraderTest {
    private static final Grading DEFAULT = new Grading(Grading.DEFAULT_RULES, Thresholds.DEFAULT);
    private static final RunFlags STRICT = new RunFlags(OptionalInt.empty(), OptionalLong.empty(), true, false);
    private static final RunFlags DEGRADED = new RunFlags(OptionalInt.empty(), OptionalLong.empty(), false, true);

    @ParameterizedTest
    @CsvSource({
        "NET_INTENT, curl, 40, YELLOW",
        "NET_ASKED, a.org, 40, YELLOW",
        "NET_DENIED, tcp 10.0.0.1:22, 40, YELLOW",
        "SECRET_READ, ssh, 30, YELLOW",
        "FS_ASKED, /srv/**, 20, GREEN",
        "FS_DENIED, /etc/x, 40, YELLOW",
        "SYSCALL_DENIED, getcpu, 5, GREEN",
        "SYSCALL_DENIED, ptrace, 45, YELLOW",
        "SYSCALL_DENIED, process_vm_readv, 45, YELLOW",
        "SYSCALL_DENIED, unshare(CLONE_NEWUSER), 45, YELLOW",
        "SYSCALL_DENIED, clone(CLONE_THREAD|CLONE_NEWUSER), 45, YELLOW",
        "SYSCALL_DENIED, 'socket(AF_INET, SOCK_RAW, 1)', 45, YELLOW",
        "SYSCALL_DENIED, 'socket(AF_NETLINK, 12)', 5, GREEN",
        "SYSCALL_DENIED, io_uring_setup, 5, GREEN",
        "SYSCALL_DENIED, syscall 20 of architecture 0x40000003, 45, YELLOW",
        "LIMIT_WALL, wall_sec, 80, RED",
        "LIMIT_CPU, cpu_ms, 30, YELLOW",
        "LIMIT_MEMORY, memory_mb, 30, YELLOW",
        "LIMIT_PIDS, pids, 30, YELLOW",
        "LIMIT_STDOUT, stdout_kb, 0, GREEN",
        "LIMIT_FSIZE, fsize_mb, 10, GREEN",
        "LAYER_DEGRADED, seccomp, 0, YELLOW"
    })
    void each_kind_of_evidence_has_its_default_weight(EvidenceKind kind, String subject, int score, Verdict verdict) {
        Grade grade = Grader.grade(DEFAULT, List.of(new Evidence(kind, subject)));
        assertThat(grade.riskScore()).isEqualTo(score);
        assertThat(grade.verdict()).isEqualTo(verdict);
        assertThat(grade.reasons().isEmpty()).isEqualTo(score == 0 && verdict == Verdict.GREEN);
    }

    @Test
    void nothing_seen_is_green() {
        assertThat(Grader.grade(DEFAULT, List.of())).isEqualTo(new Grade(0, Verdict.GREEN, List.of()));
    }

    @Test
    void a_rule_counts_once_and_names_a_few_subjects() {
        List<Evidence> flood = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            flood.add(new Evidence(EvidenceKind.NET_DENIED, "tcp 10.0.0." + i + ":22"));
        }
        Grade grade = Grader.grade(DEFAULT, flood);
        assertThat(grade.riskScore()).isEqualTo(40);
        assertThat(grade.reasons())
                .containsExactly("+40 net-denied: tcp 10.0.0.0:22, tcp 10.0.0.10:22, tcp 10.0.0.11:22 and 97 more");
    }

    @Test
    void rules_of_the_policy_replace_the_defaults() {
        Grading grading = new Grading(
                List.of(new GradingRule("dns", EvidenceKind.NET_DENIED, 100, List.of("dns *"))), new Thresholds(1, 2));
        assertThat(Grader.grade(grading, List.of(new Evidence(EvidenceKind.NET_DENIED, "tcp a:1")))
                        .verdict())
                .isEqualTo(Verdict.GREEN);
        assertThat(Grader.grade(grading, List.of(new Evidence(EvidenceKind.NET_DENIED, "dns a")))
                        .verdict())
                .isEqualTo(Verdict.RED);
    }

    @Test
    void evidence_of_a_run_comes_from_denials_limits_and_dropped_outputs() {
        assertThat(Grader.ofRun(
                        List.of(
                                new Violation("net.default", "tcp a:1", 3),
                                new Violation("syscalls.default", "ptrace", 1),
                                new Violation("fs.landlock", "/x", 1),
                                new Violation("wasm.import", "sock_open", 1)),
                        Set.of(LimitHit.CPU, LimitHit.WALL),
                        List.of("big.bin")))
                .extracting(Evidence::kind)
                .containsExactly(
                        EvidenceKind.NET_DENIED,
                        EvidenceKind.SYSCALL_DENIED,
                        EvidenceKind.FS_DENIED,
                        EvidenceKind.OTHER_DENIED,
                        EvidenceKind.LIMIT_WALL,
                        EvidenceKind.LIMIT_CPU,
                        EvidenceKind.OUTPUT_DROPPED);
    }

    @Property(tries = 500)
    void the_grade_does_not_depend_on_order_and_more_evidence_never_lowers_it(@ForAll long seed) {
        Random random = new Random(seed);
        List<Evidence> evidence = new ArrayList<>();
        for (int i = 0; i < random.nextInt(12); i++) {
            EvidenceKind kind = EvidenceKind.values()[random.nextInt(EvidenceKind.values().length)];
            evidence.add(new Evidence(kind, List.of("ptrace", "x", "y").get(random.nextInt(3))));
        }
        Grade grade = Grader.grade(DEFAULT, evidence);
        List<Evidence> shuffled = new ArrayList<>(evidence);
        Collections.shuffle(shuffled, random);
        assertThat(Grader.grade(DEFAULT, shuffled)).isEqualTo(grade);
        shuffled.add(new Evidence(EvidenceKind.NET_DENIED, "z"));
        Grade more = Grader.grade(DEFAULT, shuffled);
        assertThat(more.riskScore()).isGreaterThanOrEqualTo(grade.riskScore());
        assertThat(more.verdict()).isGreaterThanOrEqualTo(grade.verdict());
    }

    private static Policy requiring(String layers) {
        String yaml = "version: 1\nlayers: {required: [" + layers + "]}\n";
        return new PolicyReader().read(yaml.getBytes(StandardCharsets.UTF_8), "p.yml");
    }

    private static LayerReport layer(String name, LayerState state) {
        return new LayerReport(name, true, state, "because");
    }

    @Test
    void a_missing_required_layer_is_refused_unless_degradation_is_permitted() {
        List<LayerReport> layers = RequiredLayers.marked(
                requiring("seccomp, landlock, uid"),
                List.of(
                        layer("seccomp", LayerState.ACTIVE),
                        layer("uid", LayerState.DEGRADED),
                        layer("caps", LayerState.UNAVAILABLE)));
        assertThat(layers).extracting(LayerReport::name).containsExactly("seccomp", "uid", "caps", "landlock");
        assertThat(RequiredLayers.refusal(layers, RunFlags.NONE)).hasValueSatisfying(failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.LAYER_MISSING);
            assertThat(failure.why())
                    .contains("uid is degraded", "landlock is unavailable")
                    .doesNotContain("caps", "seccomp");
        });
        assertThat(RequiredLayers.refusal(layers, DEGRADED)).isEmpty();
        assertThat(RequiredLayers.evidence(layers))
                .extracting(Evidence::subject)
                .containsExactly("uid", "landlock");
    }

    @Test
    void strict_refuses_every_degradation_and_not_what_is_off() {
        List<LayerReport> layers = RequiredLayers.marked(
                requiring("seccomp"),
                List.of(
                        layer("seccomp", LayerState.ACTIVE),
                        layer("landlock", LayerState.DEGRADED),
                        layer("aslr", LayerState.OFF)));
        assertThat(RequiredLayers.refusal(layers, RunFlags.NONE)).isEmpty();
        assertThat(RequiredLayers.refusal(layers, STRICT))
                .hasValueSatisfying(failure ->
                        assertThat(failure.why()).contains("landlock").doesNotContain("aslr"));
        assertThat(RequiredLayers.evidence(layers)).isEmpty();
    }

    @Test
    void a_backend_that_is_not_there_speaks_for_itself() {
        List<LayerReport> layers =
                RequiredLayers.marked(requiring("seccomp"), List.of(layer("backend", LayerState.UNAVAILABLE)));
        assertThat(layers).hasSize(1);
        assertThat(RequiredLayers.refusal(layers, STRICT)).isEmpty();
    }

    @Test
    void the_software_backend_stands_for_all_kernel_layers() {
        List<LayerReport> layers = RequiredLayers.marked(
                requiring("seccomp, pid-ns"), List.of(layer(RequiredLayers.SOFTWARE, LayerState.ACTIVE)));
        assertThat(RequiredLayers.refusal(layers, STRICT)).isEmpty();
        assertThat(RequiredLayers.refusal(
                        RequiredLayers.marked(
                                requiring("seccomp"), List.of(layer(RequiredLayers.SOFTWARE, LayerState.UNAVAILABLE))),
                        RunFlags.NONE))
                .isPresent();
    }
}
