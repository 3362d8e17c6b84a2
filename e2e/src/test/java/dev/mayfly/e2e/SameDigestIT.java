package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request with a seed has one run id and one digest, whoever runs it: a service, its worker, or the command itself. */
class SameDigestIT {
    private static final Pattern IDENTITY = Pattern.compile("\"(run_id|result_digest)\": ?\"([^\"]+)\"");

    private static final Map<String, String> REQUESTS = Map.of(
            "text", "{\"cmd\":\"echo hi; id; hostname; env | sort; echo $$ $PPID\",\"seed\":7}",
            "failure", "{\"cmd\":\"echo no >&2; exit 3\",\"seed\":7}",
            "files",
                    "{\"cmd\":\"cat a/b >out; ls -R; sort out\",\"seed\":7,\"files\":[{\"path\":\"a/b\","
                            + "\"content_b64\":\"aGkK\"}],\"outputs\":[\"out\"]}",
            "much", "{\"cmd\":\"seq 1 400000\",\"seed\":7}");

    @TempDir
    Path folder;

    @Test
    void the_command_alone_the_service_and_its_worker_agree() {
        Needs.linux();
        Path home = folder.resolve("home");
        Map<String, List<String>> seen = new LinkedHashMap<>();
        runAll(home, 2, seen);
        try (RunningService service = RunningService.start(home)) {
            assertThat(service.readyLine()).startsWith("mayfly is ready");
            runAll(home, 3, seen);
            REQUESTS.forEach((name, request) -> {
                Ended ended = Program.mayfly(home, "submit", "-f", "-", "--wait", "--timeout", "60")
                        .reading(request)
                        .run();
                assertThat(ended.exitCode()).as(ended.err() + ended.out()).isIn(0, 10);
                seen.get(name).add(identity(ended.out()));
            });
        }
        seen.forEach((name, identities) -> assertThat(identities.stream().distinct())
                .as(name + " " + identities)
                .hasSize(1));
    }

    private static void runAll(Path home, int times, Map<String, List<String>> seen) {
        REQUESTS.forEach((name, request) -> {
            for (int i = 0; i < times; i++) {
                Ended ended =
                        Program.mayfly(home, "exec", "-f", "-").reading(request).run();
                Needs.that(
                        !ended.err().contains("MF-3001"),
                        "sandbox",
                        ended.err().lines().findFirst().orElse(""));
                assertThat(ended.exitCode()).as(ended.err() + ended.out()).isIn(0, 10);
                seen.computeIfAbsent(name, _ -> new ArrayList<>()).add(identity(ended.out()));
            }
        });
    }

    private static String identity(String result) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = IDENTITY.matcher(result); matcher.find(); ) {
            found.add(matcher.group(1) + " " + matcher.group(2));
        }
        assertThat(found).as(result).hasSize(2);
        return String.join(", ", Stream.of(found).flatMap(List::stream).sorted().toList());
    }
}
