package dev.mayfly.sandbox.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.slot.UidRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of jobs of every sort through a service with several slots, and what is there afterwards that was not
 * before. {@code -Dmayfly.soak=10000} for the long one.
 */
class SoakTest {
    private static final int JOBS = Integer.getInteger("mayfly.soak", 500);
    private static final int SLOTS = 4;
    private static final long FLAT_RSS_KB = 1024;
    private static final long FLAT_HEAP = 16L << 20;

    private final UidRange uids = ProofSandbox.uidsOf(Traces.SELF);

    /** A sort of job, how many of a hundred are of it, and what its result must say. */
    private enum Sort {
        PLAIN(39),
        FILES(15),
        SYSCALL_DENIED(10),
        NET_DENIED(8),
        NET_GRANTED(5),
        OUTPUT_FLOOD(5),
        DAEMONS(8),
        PIDS(4),
        MEMORY(2),
        DISK(1),
        TIMEOUT(1),
        FORK_BOMB(1),
        MALFORMED(1);

        final int share;

        Sort(int share) {
            this.share = share;
        }

        /** Spread over the sequence (37 and 100 have no common factor), so that every part of it has every sort. */
        static Sort of(int index) {
            int place = index * 37 % 100;
            for (Sort sort : values()) {
                place -= sort.share;
                if (place < 0) {
                    return sort;
                }
            }
            throw new IllegalStateException("shares do not add up to 100");
        }
    }

    /** What must not grow. */
    private record Weight(
            long heap, long direct, int threads, Traces.Size jvm, List<Traces.Size> launchers, int namespaces) {
        static Weight now() {
            return new Weight(
                    Traces.heapAfterCollection(),
                    Traces.directBytes(),
                    Thread.activeCount(),
                    Traces.Size.of(Traces.SELF),
                    Traces.launchers().stream().map(Traces.Size::of).toList(),
                    Traces.networkNamespaces().size());
        }
    }

    @Test
    void a_mixed_bag_of_jobs_leaves_nothing_behind(@TempDir Path home) throws Exception {
        Parts.needNativeBackend();
        InstanceId self = InstanceId.current();
        String policy = Parts.policy(30, 20_000, 64, 48, 16)
                .replaceAll("disk_mb: [0-9]+", "disk_mb: 8")
                .replaceAll("(?s)(net:\\R +default: deny\\R +allow: )\\[]", "$1[\"good.example:80\"]");
        Map<Sort, Integer> ran = new TreeMap<>();
        Map<String, Integer> descriptorsBefore;
        int reds = 0;
        long started;
        long seconds;
        try (World world = new World();
                ProofSandbox sandbox = ProofSandbox.open(home, policy, world.networks(), SLOTS)) {
            int warmUp = Math.max(100, JOBS / 10);
            runAll(sandbox, 0, warmUp, ran);
            Weight before = Weight.now();
            descriptorsBefore = Traces.descriptors(Traces.SELF);
            started = System.nanoTime();
            runAll(sandbox, warmUp, JOBS, ran);
            seconds = Math.max(1, (System.nanoTime() - started) / 1_000_000_000);
            Weight after = Weight.now();
            System.err.printf(
                    "soak: %d jobs, %d/s after warm-up%n  %s%n  before %s%n  after  %s%n",
                    JOBS, (JOBS - warmUp) / seconds, ran, before, after);
            assertThat(Traces.processes(uids)).as("processes of jobs").isEmpty();
            assertFlat(before, after, descriptorsBefore);
            assertThat(sandbox.ledger().newest(JOBS + 1, Optional.empty()))
                    .as("rows of the ledger")
                    .hasSize(JOBS - ran.getOrDefault(Sort.MALFORMED, 0));
            reds = sandbox.ledger().newest(JOBS + 1, Optional.of("red")).size();
        }
        Traces.assertNothingLeft(self, uids, home.resolve("run"));
        assertThat(Traces.launchers()).as("launchers").isEmpty();
        assertHomeHolds(home, reds);
    }

    private static void runAll(ProofSandbox sandbox, int from, int to, Map<Sort, Integer> ran) throws Exception {
        AtomicInteger next = new AtomicInteger(from);
        Callable<List<Sort>> worker = () -> {
            List<Sort> done = new ArrayList<>();
            for (int index = next.getAndIncrement(); index < to; index = next.getAndIncrement()) {
                one(sandbox, Sort.of(index), index);
                done.add(Sort.of(index));
            }
            return done;
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Sort>>> all = new ArrayList<>();
            for (int i = 0; i < SLOTS; i++) {
                all.add(threads.submit(worker));
            }
            for (Future<List<Sort>> each : all) {
                each.get().forEach(sort -> ran.merge(sort, 1, Integer::sum));
            }
        }
    }

    private static void one(ProofSandbox sandbox, Sort sort, int index) throws InterruptedException {
        if (sort == Sort.MALFORMED) {
            assertMalformed(sandbox);
            return;
        }
        Result result = sandbox.run(request(sort, index).with("seed", index));
        String told = "job " + index + " " + sort + ": " + result.brief();
        switch (sort) {
            case PLAIN -> assertThat(result.text("stdout")).as(told).isEqualTo("job " + index + "\n");
            case FILES -> {
                assertThat(result.outputs()).as(told).containsExactly("out/b");
                assertThat(result.text("stdout")).as(told).isEqualTo("given\n");
            }
            case SYSCALL_DENIED -> assertThat(result.violations()).as(told).anyMatch(one -> one.contains("unshare"));
            case NET_DENIED -> assertThat(result.violations()).as(told).anyMatch(one -> one.contains("192.0.2.1:81"));
            case NET_GRANTED -> assertThat(result.text("stdout")).as(told).contains("world");
            case OUTPUT_FLOOD ->
                assertThat(result.flag("stdout_trunc")).as(told).isTrue();
            case DAEMONS -> assertThat(result.text("stdout")).as(told).isEqualTo("up\n");
            case PIDS -> assertThat(result.limits()).as(told).contains("pids");
            case MEMORY -> assertThat(result.limits()).as(told).contains("memory_mb");
            case DISK -> assertThat(result.text("stderr")).as(told).contains("No space left");
            case TIMEOUT -> assertThat(result.limits()).as(told).contains("wall_sec");
            case FORK_BOMB ->
                assertThat(result.limits()).as(told).contains("pids").containsAnyOf("wall_sec", "memory_mb");
            case MALFORMED -> throw new IllegalStateException();
        }
    }

    private static JsonObject request(Sort sort, int index) {
        return switch (sort) {
            case PLAIN -> Parts.command("echo job " + index);
            case FILES ->
                Parts.command("mkdir -p out; cp in/a out/b; ln -s /etc/passwd out/l; mkfifo out/p; cat in/a")
                        .with("files", new JsonArray(List.of(Parts.file("in/a", "given\n"))))
                        .with("outputs", Parts.texts("out/b"));
            case SYSCALL_DENIED -> Parts.command("unshare -n true");
            case NET_DENIED -> Parts.command("bash -c 'exec 3<>/dev/tcp/192.0.2.1/81'");
            case NET_GRANTED ->
                Parts.command("bash -c 'exec 3<>/dev/tcp/good.example/80;"
                                + " printf \"GET / HTTP/1.1\\r\\nHost: good.example\\r\\n\\r\\n\" >&3; cat <&3'")
                        .with("allow_net", Parts.texts("good.example:80"));
            case OUTPUT_FLOOD -> Parts.command("head -c 4000000 /dev/zero; head -c 100000 /dev/zero >&2");
            case DAEMONS ->
                Parts.command(
                        "for i in 1 2 3 4 5 6 7 8; do"
                                + " setsid sh -c 'trap \"\" TERM HUP INT; sleep 1000' >/dev/null 2>&1 </dev/null & done; echo up");
            case PIDS -> Parts.command("i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); done");
            case MEMORY -> Parts.command("head -c 300000000 /dev/zero | tail");
            case DISK -> Parts.command("head -c 20000000 /dev/zero >/tmp/x");
            case TIMEOUT -> Parts.command("sleep 1000").with("timeout_sec", 1);
            case FORK_BOMB ->
                Parts.command("b() { b | b & }; (b) 2>/dev/null & exec sleep 1000")
                        .with("timeout_sec", 1);
            case MALFORMED -> JsonObject.of();
        };
    }

    private static void assertMalformed(ProofSandbox sandbox) throws InterruptedException {
        try {
            throw new AssertionError("ran: " + sandbox.run(JsonObject.of().with("cmd", 1)));
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID);
        }
    }

    private static void assertFlat(Weight before, Weight after, Map<String, Integer> descriptorsBefore) {
        assertThat(after.heap() + after.direct())
                .as("heap and direct memory after a collection, bytes")
                .isLessThan(before.heap() + before.direct() + FLAT_HEAP);
        assertThat(after.jvm().descriptors())
                .as(
                        "descriptors of the service; before %s after %s",
                        descriptorsBefore, Traces.descriptors(Traces.SELF))
                .isLessThanOrEqualTo(before.jvm().descriptors() + SLOTS);
        assertThat(after.launchers()).hasSize(before.launchers().size());
        assertThat(after.namespaces()).as("network namespaces").isEqualTo(before.namespaces());
        for (int i = 0; i < after.launchers().size(); i++) {
            Traces.Size was = before.launchers().get(i);
            Traces.Size is = after.launchers().get(i);
            assertThat(is.rssKilobytes())
                    .as("resident memory of a launcher")
                    .isLessThan(was.rssKilobytes() + FLAT_RSS_KB);
            assertThat(is.descriptors()).as("descriptors of a launcher").isLessThanOrEqualTo(was.descriptors() + 2);
            assertThat(is.mounts()).as("mounts of a launcher").isEqualTo(was.mounts());
        }
    }

    /** Evidence that was to be kept, whole, and nothing else: no draft, no socket, no log. */
    private static void assertHomeHolds(Path home, int reds) {
        Set<String> top = new java.util.TreeSet<>();
        int cases = 0;
        for (String name : Traces.below(home)) {
            top.add(name.split("/", -1)[0]);
            if (name.matches("quarantine/r_[0-9a-f]{64}(\\.[0-9]{8}T[0-9.]+Z-[0-9a-f]{8})?")) {
                cases++;
            }
            assertThat(name).doesNotContain(".draft-").doesNotContain(".sock");
        }
        top.removeIf(name -> name.startsWith("ledger.db"));
        assertThat(top).isSubsetOf("policies", "quarantine", "run", "etc");
        assertThat(cases).as("quarantined cases").isEqualTo(reds);
    }
}
