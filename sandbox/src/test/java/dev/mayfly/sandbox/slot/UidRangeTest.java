package dev.mayfly.sandbox.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UidRangeTest {
    @Test
    void slots_and_processes_never_share_an_id() {
        UidRange one = UidRange.forProcess(UidRange.DEFAULT_BASE, 4711);
        UidRange other = UidRange.forProcess(UidRange.DEFAULT_BASE, 4712);
        assertThat(one.ofSlot(1)).isEqualTo(one.ofSlot(0) + 2);
        assertThat(one.ofSlot(CgroupTree.MOST_SLOTS - 1) + 1).isLessThan(other.ofSlot(0));
    }

    @Test
    void ids_stay_positive_in_a_signed_int_for_every_pid() {
        for (long pid : new long[] {1, 32_767, 1 << 22}) {
            UidRange range = UidRange.forProcess(UidRange.DEFAULT_BASE, pid);
            assertThat(range.ofSlot(CgroupTree.MOST_SLOTS)).isBetween(UidRange.DEFAULT_BASE, (long) Integer.MAX_VALUE);
        }
    }

    @Test
    void ids_that_belong_to_a_user_are_refused(@TempDir Path root) throws Exception {
        UidRange range = new UidRange(200_000);
        range.checkFree(root);
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/subuid"), "# comment\nalice:100000:65536\nnonsense\nbob:200100:65536\n");
        assertThatThrownBy(() -> range.checkFree(root)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
            assertThat(e.why()).contains("bob");
        });
        new UidRange(170_000).checkFree(root);
    }

    @Test
    void privileged_ids_cannot_be_chosen() {
        assertThatThrownBy(() -> new UidRange(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UidRange(0xffff_ffffL)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void root_of_a_namespace_is_ordinary_only_when_it_is_somebody_else_outside(@TempDir Path root) throws IOException {
        Path map = root.resolve("proc/self/uid_map");
        Files.createDirectories(map.getParent());
        assertThat(UidRange.rootIsOrdinary(root)).isFalse();
        Files.writeString(map, "         0          0 4294967295\n");
        assertThat(UidRange.rootIsOrdinary(root)).isFalse();
        Files.writeString(map, "         0          0          1\n");
        assertThat(UidRange.rootIsOrdinary(root))
                .as("the machine's root, alone")
                .isFalse();
        Files.writeString(map, "         0       1000          1\n         1     100000      65536\n");
        assertThat(UidRange.rootIsOrdinary(root)).isTrue();
    }
}
