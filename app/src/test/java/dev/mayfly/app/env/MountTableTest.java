package dev.mayfly.app.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void of_mounts_over_each_other_the_last_counts_and_escaped_names_are_read() {
        MountTable table = MountTable.parse(List.of(
                "22 1 0:20 / /spfs rw,nosuid shared:1 - tmpfs none rw",
                "23 22 0:31 /x /spfs ro,nosuid - erofs none ro",
                "24 1 8:1 / /with\\040space\\134 rw - ext4 /dev/sda1 rw",
                "25 1 8:1 / /\303\244 rw - ext4 /dev/sda1 rw",
                "nonsense"));
        assertThat(table.at(Path.of("/spfs"))).contains(new MountTable.Row(Path.of("/spfs"), "0:31", true));
        assertThat(table.at(Path.of("/with space\\"))).isPresent();
        assertThat(table.at(Path.of("/ä"))).isPresent();
        assertThat(table.at(Path.of("/spfs/x"))).isEmpty();
    }
}
