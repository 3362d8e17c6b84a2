package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./verify} with a stand-in for Maven that leaves reports. */
class VerifyScriptIT {
    @TempDir
    Path folder;

    private Path repository;

    @BeforeEach
    void makeSourceTree() throws IOException {
        repository = folder.resolve("repo");
        for (String file : List.of("verify", "dist/src/main/sh/find-jdk.sh")) {
            Files.createDirectories(repository.resolve(file).getParent());
            Files.copy(Program.REPOSITORY.resolve(file), repository.resolve(file));
        }
        assertThat(repository.resolve("verify").toFile().setExecutable(true)).isTrue();
    }

    private Ended verify(int mavenExit, String... reports) {
        StringBuilder script = new StringBuilder(
                "#!/bin/sh\nmkdir -p base/target/surefire-reports e2e/target/failsafe-reports\nsleep 0.1\n");
        for (int i = 0; i < reports.length; i++) {
            String place = i == 0 ? "base/target/surefire-reports" : "e2e/target/failsafe-reports";
            script.append("cat >" + place + "/TEST-T" + i + ".xml <<'END'\n" + reports[i] + "\nEND\n");
        }
        Program.write(folder.resolve("tools/mvn"), script + "exit " + mavenExit + "\n");
        assertThat(folder.resolve("tools/mvn").toFile().setExecutable(true)).isTrue();
        return Program.of(repository.resolve("verify").toString())
                .in(folder)
                .with("PATH", folder.resolve("tools") + ":" + System.getenv("PATH"))
                .run();
    }

    private static String suite(int tests, int failures, int errors, int skipped, String cases) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="T" time="0.1" tests="%d" errors="%d" skipped="%d" failures="%d">
                %s
                </testsuite>""".formatted(tests, errors, skipped, failures, cases);
    }

    private static String skippedCase(String name, String reason) {
        return "<testcase name=\"" + name + "\" classname=\"T\"><skipped message=\"" + reason + "\"/></testcase>";
    }

    @Test
    void it_adds_up_all_rooms_in_the_format_of_maven() {
        Ended ended = verify(0, suite(3, 0, 0, 0, ""), suite(4, 0, 0, 0, ""));

        assertThat(ended.out()).endsWith("[INFO] Tests run: 7, Failures: 0, Errors: 0, Skipped: 0\n");
        assertThat(ended.exitCode()).isZero();
    }

    @Test
    void it_tells_each_reason_for_a_skipped_test_once() {
        String cases = skippedCase(
                        "a",
                        "org.opentest4j.TestAbortedException: Assumption failed: not run here: kvm: no /dev/kvm &amp; no &quot;nested&quot; one")
                + skippedCase("b", "Assumption failed: not run here: kvm: no /dev/kvm &amp; no &quot;nested&quot; one");
        Ended ended = verify(0, suite(3, 0, 0, 2, cases));

        assertThat(ended.out())
                .endsWith("[WARNING] Tests run: 3, Failures: 0, Errors: 0, Skipped: 2\n"
                        + "not run here: kvm: no /dev/kvm & no \"nested\" one (2 tests)\n");
        assertThat(ended.exitCode()).isZero();
    }

    private static String skippedCaseWithStack(String name, String reason) {
        return "<testcase name=\"" + name + "\" classname=\"T\"><skipped type=\"TestAbortedException\"><![CDATA["
                + reason + "\n\tat Needs.that(Needs.java:24)\n]]></skipped></testcase>";
    }

    @Test
    void it_tells_the_reason_of_a_test_that_ended_itself() {
        String cases = skippedCaseWithStack("a", "TestAbortedException: not run here: kvm: no /dev/kvm");
        Ended ended = verify(0, suite(3, 0, 0, 1, cases));

        assertThat(ended.out()).endsWith("Skipped: 1\nnot run here: kvm: no /dev/kvm (1 test)\n");
        assertThat(ended.exitCode()).isZero();
    }

    @Test
    void a_test_that_ended_itself_without_a_reason_fails_it() {
        Ended ended = verify(0, suite(2, 0, 0, 1, skippedCaseWithStack("later", "TestAbortedException: fix me")));

        assertThat(ended.out()).contains("[ERROR] skipped without a reason: T.later");
        assertThat(ended.exitCode()).isNotZero();
    }

    @Test
    void a_test_that_is_skipped_without_a_reason_fails_it() {
        Ended ended = verify(0, suite(2, 0, 0, 1, skippedCase("later", "fix me")));

        assertThat(ended.out()).contains("[ERROR] skipped without a reason: T.later");
        assertThat(ended.exitCode()).isNotZero();
    }

    @Test
    void it_fails_when_maven_does_and_still_adds_up() {
        Ended ended = verify(1, suite(2, 1, 0, 0, ""));

        assertThat(ended.out()).contains("[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0");
        assertThat(ended.exitCode()).isEqualTo(1);
    }

    @Test
    void a_failed_test_is_named_and_fails_it_although_maven_was_told_to_go_on() {
        String cases = "<testcase name=\"adds\" classname=\"T\"><failure message=\"no\">at T</failure></testcase>"
                + "<testcase name=\"divides\" classname=\"T\"><error message=\"no\"/></testcase>";
        Ended ended = verify(0, suite(3, 1, 1, 0, cases));

        assertThat(ended.out())
                .contains("[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0")
                .contains("[ERROR] failed: T.adds\n", "[ERROR] failed: T.divides\n");
        assertThat(ended.exitCode()).isNotZero();
    }

    @Test
    void it_fails_when_no_test_ran_at_all() {
        assertThat(verify(0).exitCode()).isNotZero();
    }
}
