package dev.mayfly.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotGroupTest {
    private static Path file(Path group, String name, String content) throws IOException {
        return Files.writeString(Files.createDirectories(group).resolve(name), content);
    }

    /** Files of a fake group are longer than a number once something long was in them: only the first line counts. */
    private static String firstLine(Path file) throws IOException {
        return Files.readAllLines(file).getFirst();
    }

    @Test
    void v2_limits_stand_on_the_job_leaf_and_counters_are_differences(@TempDir Path slot) throws IOException {
        Path job = slot.resolve("job");
        Path memory = file(job, "memory.max", "max\n");
        Path pids = file(job, "pids.max", "max\n");
        Path events = file(job, "memory.events", "low 0\nhigh 0\nmax 0\noom 1\noom_kill 3\noom_group_kill 0\n");
        Path pidsEvents = file(job, "pids.events", "max 5\n");
        Path cpu = file(job, "cpu.stat", "usage_usec 1000\nuser_usec 1\n");
        Path io = file(job, "io.stat", "254:0 rbytes=10 wbytes=20 rios=1 wios=1\n");
        Path group = file(job, "memory.oom.group", "0\n");
        V2SlotGroup slotGroup = new V2SlotGroup(slot, 3);
        assertThat(group).hasContent("1");
        slotGroup.enterLauncher(4711);
        assertThat(slot.resolve("launcher/cgroup.procs")).hasContent("4711");
        slotGroup.begin(new GroupLimits(64 << 20, 20));
        assertThat(firstLine(memory)).isEqualTo("67108864");
        assertThat(firstLine(pids)).isEqualTo("21");
        Files.writeString(events, "low 0\nhigh 0\nmax 0\noom 1\noom_kill 4\noom_group_kill 0\n");
        Files.writeString(pidsEvents, "max 9\n");
        Files.writeString(cpu, "usage_usec 51000\nuser_usec 1\n");
        Files.writeString(io, "254:0 rbytes=110 wbytes=20 rios=1 wios=1\n254:16 rbytes=1 wbytes=4\n");
        GroupUsage usage = slotGroup.end();
        assertThat(usage.cpuNanos()).isEqualTo(50_000_000);
        assertThat(usage.oomKills()).isEqualTo(1);
        assertThat(usage.pidsRefused()).isEqualTo(4);
        assertThat(usage.readBytes()).isEqualTo(101);
        assertThat(usage.writtenBytes()).isEqualTo(4);
        assertThat(usage.peakMemoryBytes()).isEqualTo(-1);
        assertThat(slotGroup.joinFiles()).containsExactly(job.resolve("cgroup.procs"));
        assertThat(slotGroup.launcherPaths().jobLeaf()).contains(job);
    }

    @Test
    void v1_limits_leave_room_for_the_launcher_and_lowering_comes_before_swap(@TempDir Path root) throws IOException {
        Path group = root.resolve("slot");
        Path limit = file(group, "memory.limit_in_bytes", "9223372036854771712\n");
        Path swap = file(group, "memory.memsw.limit_in_bytes", "9223372036854771712\n");
        Path peak = file(group, "memory.max_usage_in_bytes", "999999999\n");
        file(group, "memory.usage_in_bytes", "1000\n");
        file(group, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        file(group, "cgroup.procs", "");
        V1SlotGroup slotGroup = new V1SlotGroup(Map.of("memory", group), Optional.empty(), group, 0);
        slotGroup.begin(new GroupLimits(64 << 20, 20));
        long expected = (64L << 20) + (8L << 20);
        assertThat(firstLine(limit)).isEqualTo("" + expected);
        assertThat(firstLine(swap)).isEqualTo("" + expected);
        assertThat(firstLine(peak)).isEqualTo("0");
        Files.writeString(peak, "5000\n");
        GroupUsage usage = slotGroup.end();
        assertThat(usage.peakMemoryBytes()).isEqualTo(4000);
        assertThat(usage.oomKills()).isZero();
        assertThat(usage.cpuNanos()).isEqualTo(-1);
        assertThat(usage.pidsRefused()).isEqualTo(-1);
    }

    @Test
    void a_key_is_found_only_at_the_start_of_a_line(@TempDir Path root) throws IOException {
        Path path = file(root, "f", "oom_group_kill 7\nxoom 5\noom 1\noom_kill 3\n");
        try (CgroupFile file = CgroupFile.open(path).orElseThrow()) {
            assertThat(file.readKey("oom")).isEqualTo(1);
            assertThat(file.readKey("oom_kill")).isEqualTo(3);
            assertThat(file.readKey("kill")).isEqualTo(-1);
            assertThat(file.readKey("oom_group_kill")).isEqualTo(7);
        }
        assertThat(CgroupFile.open(root.resolve("absent"))).isEmpty();
    }

    @Test
    void on_this_kernel_a_process_is_limited_counted_and_killed() throws Exception {
        Needs.linux();
        Needs.root();
        CgroupLayout layout = CgroupLayout.detect(Path.of("/"));
        Needs.that(layout.mode() != CgroupMode.NONE, "cgroup", String.join("; ", layout.notes()));
        try (CgroupTree tree = CgroupTree.open(layout, InstanceId.current());
                SlotGroup slot = tree.newSlot()) {
            slot.begin(new GroupLimits(128 << 20, 10));
            StringBuilder join = new StringBuilder();
            slot.joinFiles()
                    .forEach(file -> join.append("echo 0 > ").append(file).append("; "));
            String script = join + "i=0; while [ $i -lt 50 ]; do sleep 100 & i=$((i+1)); done; sleep 100";
            Process process = new ProcessBuilder("sh", "-c", script)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.onExit()
                    .orTimeout(20, java.util.concurrent.TimeUnit.SECONDS)
                    .exceptionally(e -> process)
                    .join();
            if (process.isAlive()) {
                Thread.sleep(200);
            }
            slot.kill();
            process.waitFor();
            for (int i = 0; i < 200 && !slot.empty(); i++) {
                slot.kill();
                Thread.sleep(10);
            }
            assertThat(slot.empty()).isTrue();
            GroupUsage usage = slot.end();
            assertThat(usage.pidsRefused()).isPositive();
            assertThat(usage.cpuNanos()).isPositive();
            assertThat(usage.peakMemoryBytes()).isBetween(100_000L, 128L << 20);
        }
    }
}
