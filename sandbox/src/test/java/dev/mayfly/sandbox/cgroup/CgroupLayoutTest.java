package dev.mayfly.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupLayoutTest {
    private FakeMachine machine;

    @BeforeEach
    void makeMachine(@TempDir Path root) {
        machine = new FakeMachine(root);
    }

    @Test
    void v1_controllers_and_an_empty_v2_tree_are_a_hybrid() throws IOException {
        machine.v1("memory").v1("pids").v1("cpu,cpuacct").v1("devices");
        Path v2 = machine.v2("/sys/fs/cgroup/unified", "hugetlb");
        CgroupLayout layout = machine.detect();
        assertThat(layout.mode()).isEqualTo(CgroupMode.HYBRID);
        assertThat(layout.v1()).containsOnlyKeys("memory", "pids", "cpu", "cpuacct");
        assertThat(layout.v1().get("cpu")).isEqualTo(layout.v1().get("cpuacct"));
        assertThat(layout.v2Place()).contains(v2);
    }

    @Test
    void v1_controllers_alone_are_v1() throws IOException {
        machine.v1("memory").v1("pids");
        assertThat(machine.detect().mode()).isEqualTo(CgroupMode.V1);
    }

    @Test
    void a_v2_tree_with_controllers_is_v2_wherever_it_is_mounted() throws IOException {
        machine.v2("/mnt/my groups", "cpu io memory pids");
        CgroupLayout layout = machine.detect();
        assertThat(layout.mode()).isEqualTo(CgroupMode.V2);
        assertThat(layout.v2Controllers()).contains("memory", "pids", "cpu", "io");
    }

    @Test
    void groups_go_below_our_own_when_it_was_delegated() throws IOException {
        Path v2 = machine.v2("/sys/fs/cgroup", "cpu memory pids");
        Path own = FakeMachine.group(v2.resolve("system.slice/mayfly.service"), "memory pids", true);
        Files.writeString(own.resolve("cgroup.subtree_control"), "memory pids\n");
        machine.own("0::/system.slice/mayfly.service\n");
        assertThat(machine.detect().v2Place()).contains(own);
    }

    @Test
    void a_group_that_holds_processes_may_not_have_children_with_controllers() throws IOException {
        Path v2 = machine.v2("/sys/fs/cgroup", "cpu memory pids");
        FakeMachine.group(v2.resolve("user.slice/session.scope"), "memory pids", true);
        machine.own("0::/user.slice/session.scope\n");
        assertThat(machine.detect().v2Place()).contains(v2);
    }

    @Test
    void an_own_group_that_is_not_below_the_mount_is_not_followed() throws IOException {
        Path v2 = machine.v2("/sys/fs/cgroup", "memory pids");
        machine.own("0::/../../../../outside\n");
        assertThat(machine.detect().v2Place()).contains(v2);
    }

    @Test
    void a_v2_tree_in_which_no_place_may_be_used_is_none_with_a_note() throws IOException {
        Path v2 = machine.v2("/sys/fs/cgroup", "memory pids");
        Files.writeString(v2.resolve("cgroup.type"), "domain\n");
        Files.writeString(v2.resolve("cgroup.procs"), "4194400\n");
        CgroupLayout layout = machine.detect();
        assertThat(layout.mode()).isEqualTo(CgroupMode.NONE);
        assertThat(layout.notes()).anyMatch(note -> note.contains("may not have children with controllers"));
    }

    @Test
    void what_a_layer_says_to_a_user_who_may_make_no_groups_is_one_sentence_without_paths() throws IOException {
        Path v2 = machine.v2("/sys/fs/cgroup", "memory pids");
        Files.writeString(v2.resolve("cgroup.type"), "domain\n");
        Files.delete(v2.resolve("cgroup.procs")); // not there is not writable, also for root
        try (CgroupTree tree = CgroupTree.open(machine.detect(), new InstanceId(1, 2))) {
            assertThat(tree.layers())
                    .extracting(LayerReport::reason)
                    .containsExactly(
                            "RLIMIT_AS per process instead of a control group: this user may not make control groups",
                            "RLIMIT_NPROC per user namespace instead of a control group: this user may not make control"
                                    + " groups",
                            "RLIMIT_CPU per process instead of a control group: this user may not make control groups");
        }
    }

    @Test
    void a_delegated_group_that_only_we_are_in_is_left_and_used() throws IOException {
        Path v2 = machine.v2("/sys/fs/cgroup", "memory pids");
        Files.writeString(v2.resolve("cgroup.type"), "domain\n");
        Path own = FakeMachine.group(v2.resolve("run.scope"), "memory pids", true);
        long self = ProcessHandle.current().pid();
        Files.writeString(own.resolve("cgroup.procs"), self + "\n");
        machine.own("0::/run.scope\n");
        CgroupLayout layout = machine.detect();
        assertThat(layout.mode()).isEqualTo(CgroupMode.V2);
        assertThat(layout.v2Place()).contains(own);
        assertThat(layout.mustLeave()).isTrue();
        CgroupTree.open(layout, new InstanceId(1, 2)).close();
        assertThat(own.resolve("mayfly-home/cgroup.procs")).hasContent(Long.toString(self));
        machine.own("0::/run.scope/mayfly-home\n");
        Files.writeString(own.resolve("cgroup.procs"), "");
        Files.writeString(own.resolve("cgroup.subtree_control"), "memory pids\n");
        CgroupLayout later = machine.detect();
        assertThat(later.v2Place()).contains(own);
        assertThat(later.mustLeave()).isFalse();
    }

    @Test
    void a_delegated_group_with_processes_of_others_is_left_alone() throws IOException {
        Path v2 = machine.v2("/sys/fs/cgroup", "memory pids");
        Files.writeString(v2.resolve("cgroup.type"), "domain\n");
        Path own = FakeMachine.group(v2.resolve("run.scope"), "memory pids", true);
        Files.writeString(own.resolve("cgroup.procs"), ProcessHandle.current().pid() + "\n4194400\n");
        machine.own("0::/run.scope\n");
        CgroupLayout layout = machine.detect();
        assertThat(layout.mode()).isEqualTo(CgroupMode.NONE);
        assertThat(layout.notes()).anyMatch(note -> note.contains("processes that are not ours"));
    }

    @Test
    void nothing_mounted_is_none_and_says_so() throws IOException {
        CgroupLayout layout = machine.detect();
        assertThat(layout.mode()).isEqualTo(CgroupMode.NONE);
        assertThat(layout.notes()).containsExactly("no cgroup file system is mounted");
        try (CgroupTree tree = CgroupTree.open(layout, new InstanceId(1, 2))) {
            assertThat(tree.layers()).extracting(LayerReport::state).containsOnly(LayerState.DEGRADED);
            assertThat(tree.layers()).allMatch(layer -> layer.reason().contains("no cgroup file system"));
            assertThat(tree.layers()).allMatch(layer -> layer.reason().startsWith("RLIMIT_"));
            SlotGroup slot = tree.newSlot();
            slot.begin(new GroupLimits(1, 1));
            assertThat(slot.end()).isEqualTo(GroupUsage.UNKNOWN);
        }
    }

    @Test
    void a_machine_without_procfs_is_none() {
        assertThat(CgroupLayout.detect(machine.root()).mode()).isEqualTo(CgroupMode.NONE);
    }

    @Test
    void a_name_says_which_life_of_a_process_it_belongs_to() throws IOException {
        machine.process(77, 1234);
        assertThat(InstanceId.parse("mayfly-77-1234")).contains(new InstanceId(77, 1234));
        assertThat(new InstanceId(77, 1234).alive(machine.root())).isTrue();
        assertThat(new InstanceId(77, 1235).alive(machine.root())).isFalse();
        assertThat(new InstanceId(78, 1).alive(machine.root())).isFalse();
        for (String other : new String[] {"mayfly", "mayfly-1", "mayfly-x-1", "mayfly-1-2-3", "xmayfly-1-2"}) {
            assertThat(InstanceId.parse(other)).isEqualTo(Optional.empty());
        }
        assertThat(InstanceId.current().alive(Path.of("/"))).isTrue();
    }

    @Test
    void what_dead_instances_left_is_swept_and_named() throws IOException {
        machine.v1("memory");
        Path memory = machine.root().resolve("sys/fs/cgroup/memory");
        machine.process(77, 1234);
        Files.createDirectories(memory.resolve("mayfly-77-1234/slot-0"));
        Files.createDirectories(memory.resolve("mayfly-99-5/slot-0"));
        Files.createDirectories(memory.resolve("other"));
        try (CgroupTree tree = CgroupTree.open(machine.detect(), new InstanceId(77, 1234))) {
            assertThat(tree.swept()).containsExactly(memory.resolve("mayfly-99-5") + " removed");
        }
        assertThat(memory.resolve("mayfly-99-5")).doesNotExist();
        assertThat(memory.resolve("mayfly-77-1234/slot-0")).exists();
        assertThat(memory.resolve("other")).exists();
    }

    @Test
    void every_slot_has_its_own_number_and_groups_in_all_hierarchies() throws IOException {
        machine.v1("memory").v1("pids");
        try (CgroupTree tree = CgroupTree.open(machine.detect(), new InstanceId(77, 1))) {
            SlotGroup first = tree.newSlot();
            SlotGroup second = tree.newSlot();
            assertThat(first.number()).isNotEqualTo(second.number());
            assertThat(second.joinFiles()).hasSize(2).allMatch(file -> Files.isDirectory(file.getParent()));
            first.close();
            assertThat(tree.newSlot().number()).isEqualTo(first.number());
        }
    }

    @Test
    void two_trees_of_one_process_share_parents_and_do_not_take_them_from_each_other() throws IOException {
        machine.v1("memory").v1("pids");
        InstanceId self = new InstanceId(77, 1);
        CgroupTree one = CgroupTree.open(machine.detect(), self);
        CgroupTree two = CgroupTree.open(machine.detect(), self);
        SlotGroup slot = one.newSlot();
        two.close();
        assertThat(slot.joinFiles().getFirst().getParent()).isDirectory();
        slot.close();
        CgroupTree.open(machine.detect(), self).close();
        SlotGroup next = one.newSlot();
        assertThat(next.joinFiles()).hasSize(2).allMatch(file -> Files.isDirectory(file.getParent()));
        next.close();
        one.close();
        assertThat(machine.root().resolve("sys/fs/cgroup/memory/mayfly-77-1")).doesNotExist();
    }
}
