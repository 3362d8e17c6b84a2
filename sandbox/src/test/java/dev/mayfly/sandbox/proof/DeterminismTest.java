package dev.mayfly.sandbox.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.sandbox.box.SlotNetworks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Equal request, policy and seed give an equal digest, whichever slot runs it and whatever else runs. {@code
 * -Dmayfly.same=100} for a hundred runs of each.
 */
class DeterminismTest {
    private static final int RUNS = Integer.getInteger("mayfly.same", 10);
    private static final int SLOTS = 3;

    /** Programs that a user may expect to be the same each time; several of them look at what leaks easily. */
    private static Map<String, JsonObject> programs() {
        Map<String, JsonObject> all = new LinkedHashMap<>();
        for (String command : List.of(
                "echo hi",
                "printf 'c\\na\\nb\\n' | sort",
                "awk 'BEGIN { srand(7); for (i = 0; i < 5; i++) print int(rand() * 1000) }'",
                "seq 1 2000 | awk '{ s += $1 * $1 } END { print s }'",
                "env | sort",
                "hostname; uname -n",
                "id; id -u; id -g",
                "echo $$ $PPID; sh -c 'echo $$'",
                "pwd; ls -la / | awk '{ print $1, $3, $4, $9 }'",
                "ls /usr/bin | sort | head -50 | sha256sum",
                "mkdir -p a/b; touch a/x a/b/y; ls -R a; find . | sort",
                "ls -1U; for f in *; do echo $f; done",
                "cat /proc/self/status | grep -E '^(NoNewPrivs|CapEff|Seccomp|NStgid|NSpid|Uid|Gid)'",
                "ulimit -a",
                "stat -c '%a %u %g %s %F' /workspace /tmp /dev/null .",
                "cat nosuch; exit 3",
                "kill -9 $$",
                "ls -l /proc/self/fd | awk '{ print $1, $9 }' | sort",
                "cat /proc/self/cgroup",
                "mount | wc -l; wc -l </proc/self/mountinfo; cat /etc/passwd",
                "unshare -n true; cat /proc/cmdline; echo $?")) {
            all.put(command, Parts.command(command));
        }
        all.put("stdin", Parts.command("cat; sha256sum").with("stdin", "abc\n"));
        all.put(
                "files and outputs",
                Parts.command("tr a-z A-Z <in.txt >out.txt; ls *; ln -s out.txt link")
                        .with("files", new JsonArray(List.of(Parts.file("in.txt", "text\n"))))
                        .with("outputs", Parts.texts("*.txt", "link")));
        all.put("much output", Parts.command("seq 1 30000; seq 1 30000 >&2"));
        all.put(
                "python",
                Parts.command("python3 -c 'import os,sys; print(sorted({hash(x) % 97 for x in range(50)}),"
                                + " [hash(\"a\"), hash(\"b\")], sys.argv, os.getcwd(), os.getpid())'")
                        .with("env", JsonObject.of().with("PYTHONHASHSEED", "7")));
        return all;
    }

    @Test
    void equal_requests_have_one_digest(@TempDir Path home) throws Exception {
        Parts.needNativeBackend();
        List<String> differing = new ArrayList<>();
        int programs = 0;
        try (ProofSandbox sandbox = ProofSandbox.open(
                home, Parts.policy(50, 40_000, 128, 64, 64), SlotNetworks.none("not under test"), SLOTS)) {
            for (Map.Entry<String, JsonObject> program : programs().entrySet()) {
                List<Result> results = runs(sandbox, program.getValue().with("seed", 42));
                long digests = results.stream()
                        .map(one -> one.text("result_digest"))
                        .distinct()
                        .count();
                long ids = results.stream()
                        .map(one -> one.text("run_id"))
                        .distinct()
                        .count();
                if (digests != 1 || ids != 1) {
                    differing.add(program.getKey() + ": " + digests + " digests, " + ids + " run ids\n  "
                            + differences(results));
                }
                programs++;
            }
        }
        System.err.println("determinism: " + programs + " programs, " + RUNS + " runs each on " + SLOTS + " slots");
        assertThat(differing).isEmpty();
    }

    private static List<Result> runs(ProofSandbox sandbox, JsonObject request) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> all = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                all.add(threads.submit(() -> sandbox.run(request)));
            }
            List<Result> results = new ArrayList<>();
            for (Future<Result> each : all) {
                results.add(each.get());
            }
            return results;
        }
    }

    /** What of the result is not the same in all runs, apart from what may differ. */
    private static List<String> differences(List<Result> results) {
        List<String> found = new ArrayList<>();
        for (String key : results.getFirst().json().members().keySet()) {
            if (key.equals("duration_ms") || key.equals("usage") || key.equals("result_digest")) {
                continue;
            }
            List<String> values =
                    results.stream().map(one -> one.text(key)).distinct().toList();
            if (values.size() > 1) {
                found.add(key + ": " + values.get(0) + " | " + values.get(1));
            }
        }
        return found;
    }
}
