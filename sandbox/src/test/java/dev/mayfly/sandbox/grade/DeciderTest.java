package dev.mayfly.sandbox.grade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.api.Verdict;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.policy.EvidenceKind;
import dev.mayfly.sandbox.policy.Policy;
import dev.mayfly.sandbox.policy.PolicyReader;
import dev.mayfly.sandbox.request.RequestReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeciderTest {
    private static RunRequest request(String json) {
        return new RequestReader().read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Policy policy(String more) {
        return new PolicyReader().read(("version: 1\n" + more).getBytes(StandardCharsets.UTF_8), "p.yml");
    }

    private static Decision decide(String request, String policy) {
        return Decider.decide(request(request), policy(policy), RunFlags.NONE);
    }

    private static Decision.Run runs(String request, String policy) {
        assertThat(decide(request, policy)).isInstanceOf(Decision.Run.class);
        return (Decision.Run) decide(request, policy);
    }

    @Test
    void a_command_becomes_a_box_with_the_limits_of_the_policy() {
        Decision.Run run = runs(
                "{'cmd':'echo hi','env':{'A':'1','TZ':'CET'},'stdin':'s','seed':3,'outputs':['o/**']}",
                "limits: {wall_sec: 9, memory_mb: 2048, stdout_kb: 2, disk_mb: 4096}");
        BoxSpec box = run.box(List.of());
        assertThat(box.argv()).containsExactly("sh", "-c", "echo hi");
        assertThat(box.cwd()).isEqualTo("/workspace");
        assertThat(box.env())
                .containsEntry("A", "1")
                .containsEntry("TZ", "CET")
                .containsEntry("LANG", "C.UTF-8")
                .containsKeys("PATH", "HOME", "SOURCE_DATE_EPOCH");
        assertThat(List.copyOf(box.env().keySet())).isSorted();
        assertThat(box.limits().wall()).isEqualTo(Duration.ofSeconds(9));
        assertThat(box.limits().memoryBytes()).isEqualTo(2048L << 20);
        assertThat(box.limits().diskBytes()).isEqualTo(4096L << 20);
        assertThat(box.limits().streamBytes()).isEqualTo(2048);
        assertThat(box.net().deniesAll()).isTrue();
        assertThat(box.seed()).isEqualTo(3);
        assertThat(box.outputs()).containsExactly("o/**");
        assertThat(box.runId()).isEqualTo(run.runId().value());
        assertThat(run.findings()).isEmpty();
    }

    @Test
    void flags_replace_what_the_request_says_and_change_the_run_id_alike() {
        RunFlags flags = new RunFlags(OptionalInt.of(5), OptionalLong.of(9), false, false);
        Decision.Run flagged = (Decision.Run) Decider.decide(request("{'cmd':'x','timeout_sec':2}"), policy(""), flags);
        Decision.Run said = runs("{'cmd':'x','timeout_sec':5,'seed':9}", "");
        assertThat(flagged.limits().wall()).isEqualTo(Duration.ofSeconds(5));
        assertThat(flagged.seed()).isEqualTo(9);
        assertThat(flagged.runId()).isEqualTo(said.runId());
    }

    @Test
    void a_longer_time_than_the_policy_gives_is_refused() {
        assertThat(decide("{'cmd':'x','timeout_sec':16}", "limits: {wall_sec: 15}"))
                .isInstanceOfSatisfying(Decision.Refused.class, refused -> {
                    assertThat(refused.failure().code()).isEqualTo(ErrorCode.POLICY_REFUSES);
                    assertThat(refused.failure().why()).contains("timeout_sec is 16", "wall_sec of the policy is 15");
                });
        assertThat(decide("{'cmd':'x','timeout_sec':15}", "limits: {wall_sec: 15}"))
                .isInstanceOf(Decision.Run.class);
    }

    @Test
    void a_denied_variable_is_refused() {
        assertThat(decide("{'cmd':'x','env':{'LD_PRELOAD':'x','OK':'1'}}", "capabilities: {env: {deny: ['LD_*']}}"))
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        refused -> assertThat(refused.failure().why())
                                .contains("LD_PRELOAD")
                                .doesNotContain("OK"));
    }

    @Test
    void wrong_flags_are_a_usage_error() {
        for (RunFlags flags : List.of(
                new RunFlags(OptionalInt.of(61), OptionalLong.empty(), false, false),
                new RunFlags(OptionalInt.of(-1), OptionalLong.empty(), false, false),
                new RunFlags(OptionalInt.empty(), OptionalLong.empty(), true, true))) {
            assertThat(Decider.decide(request("{'cmd':'x'}"), policy(""), flags))
                    .isInstanceOfSatisfying(
                            Decision.Refused.class,
                            refused -> assertThat(refused.failure().code()).isEqualTo(ErrorCode.USAGE));
        }
    }

    @Test
    void plain_network_intent_with_nothing_granted_is_red_without_running() {
        assertThat(decide("{'cmd':'curl http://example.org'}", ""))
                .isInstanceOfSatisfying(Decision.RedWithoutRunning.class, red -> {
                    assertThat(red.grade().verdict()).isEqualTo(Verdict.RED);
                    assertThat(red.grade().riskScore()).isEqualTo(80);
                    assertThat(red.violations())
                            .contains(new Violation("net.default", "http://example.org", 1))
                            .contains(new Violation("net.default", "curl", 1));
                    assertThat(red.grade().reasons().getFirst()).contains("not run");
                });
        assertThat(runs("{'cmd':'curl http://example.org'}", "preflight: {net_intent: score}")
                        .findings())
                .extracting(Evidence::kind)
                .contains(EvidenceKind.NET_INTENT);
        assertThat(runs("{'cmd':'curl http://example.org'}", "preflight: {net_intent: off}")
                        .findings())
                .isEmpty();
    }

    @Test
    void a_request_cannot_grant_itself_network() {
        Decision.RedWithoutRunning red = (Decision.RedWithoutRunning)
                decide("{'cmd':'curl http://evil.example','allow_net':['evil.example']}", "");
        assertThat(red.grade().reasons()).anyMatch(reason -> reason.contains("net-asked: evil.example"));
        Decision.Run run = runs("{'cmd':'python3 x.py','allow_net':['evil.example']}", "");
        assertThat(run.net().deniesAll()).isTrue();
        assertThat(run.findings()).containsExactly(new Evidence(EvidenceKind.NET_ASKED, "evil.example"));
    }

    @Test
    void what_policy_and_request_both_name_is_granted() {
        Decision.Run run = runs(
                "{'cmd':'curl https://a.example.org','allow_net':['*.example.org:443','b.net']}",
                "capabilities: {net: {allow: ['a.example.org', 'b.net:80']}}");
        assertThat(run.net().rules()).extracting(Object::toString).containsExactly("a.example.org:443", "b.net:80");
        assertThat(run.findings())
                .extracting(Evidence::subject)
                .containsExactlyInAnyOrder("*.example.org:443", "b.net");
        assertThat(runs("{'cmd':'true'}", "capabilities: {net: {allow: ['a.example.org']}}")
                        .net()
                        .deniesAll())
                .as("a policy gives nothing that was not asked for")
                .isTrue();
    }

    @Test
    void a_file_outside_the_policy_is_red_without_running() {
        assertThat(decide(
                        "{'cmd':'x','files':[{'path':'/etc/cron.d/evil'}]}",
                        "capabilities: {fs: {allow: ['/tmp/**']}}"))
                .isInstanceOfSatisfying(Decision.RedWithoutRunning.class, red -> {
                    assertThat(red.violations())
                            .containsExactly(new Violation("fs.default", "write /etc/cron.d/evil", 1));
                    assertThat(red.grade().verdict()).isEqualTo(Verdict.RED);
                });
        assertThat(decide(
                        "{'cmd':'x','files':[{'path':'/tmp/a'},{'path':'b'}]}",
                        "capabilities: {fs: {allow: ['/tmp/**']}}"))
                .isInstanceOf(Decision.Run.class);
    }

    @Test
    void wider_wishes_for_files_are_findings_and_not_given() {
        Decision.Run run =
                runs("{'cmd':'x','allow_fs':['/srv/**','/data/a/**']}", "capabilities: {fs: {allow: ['/data/**']}}");
        assertThat(run.findings()).containsExactly(new Evidence(EvidenceKind.FS_ASKED, "/srv/**"));
        assertThat(run.wanted()).extracting(bind -> bind.place().toString()).containsExactly("/data/a/**");
    }

    private static boolean leavesNoTrace(String request, String policy) {
        return Decider.leavesNoTrace(request(request), policy(policy));
    }

    @Test
    void a_run_that_can_reach_nothing_outside_its_box_leaves_no_trace() {
        String net = "capabilities: {net: {allow: ['example.com:443']}}";
        assertThat(leavesNoTrace("{'cmd':'x'}", "")).isTrue();
        assertThat(leavesNoTrace("{'cmd':'x','effect':'effectful'}", "")).isFalse();
        assertThat(leavesNoTrace("{'cmd':'x'}", net)).isTrue();
        assertThat(leavesNoTrace("{'cmd':'x','allow_net':['example.com:443']}", net))
                .isFalse();
        assertThat(leavesNoTrace("{'cmd':'x','allow_net':['example.com:443'],'effect':'pure'}", net))
                .as("what it says of itself does not outweigh what it can reach")
                .isFalse();
        assertThat(leavesNoTrace("{'cmd':'x','allow_net':['other.org:443'],'effect':'pure'}", net))
                .as("the policy gives nothing of what it asks for")
                .isTrue();
    }
}
