package dev.mayfly.sandbox.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
    /** No process has this pid: pid_max is 2^22 at most. */
    private static final String DEAD = "mayfly-9999999-1-7";

    private static void open(Path base) {
        RuntimeDirectory.open(base, InstanceId.current()).close();
    }

    @Test
    void what_a_dead_instance_left_is_removed(@TempDir Path base) throws Exception {
        Path dead = Files.createDirectories(base.resolve(DEAD));
        Files.writeString(dead.resolve("s0-1.log"), "");
        open(base);
        assertThat(dead).doesNotExist();
    }

    /** Its owner could put a link in the place of a folder between our look and our removal. */
    @Test
    void a_folder_of_that_name_that_somebody_else_made_is_left_alone(@TempDir Path base) throws Exception {
        Needs.root();
        Path theirs = Files.createDirectories(base.resolve(DEAD));
        Files.setAttribute(theirs, "unix:uid", 65534);
        Path target = Files.createDirectory(base.resolve("target"));
        Path link = Files.createSymbolicLink(base.resolve(DEAD + "7"), target);
        open(base);
        assertThat(theirs).exists();
        assertThat(link).isSymbolicLink();
    }
}
