package dev.mayfly.env.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PagesTest {
    /** Larger than anything that the kernel would put two mappings into one for, or give huge pages at once. */
    private static final long BYTES = 48 << 20;

    private static final int PAGE = 4096;

    @Test
    void memory_is_taken_by_what_is_used_and_given_back() throws IOException {
        Needs.linux();
        long before = mapped();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = Native.pages(BYTES, arena);
            assertThat(memory.address() % PAGE).isZero();
            assertThat(memory.byteSize()).isEqualTo(BYTES);
            long resident = resident();
            for (long at = 0; at < BYTES / 2; at += PAGE) {
                assertThat(memory.get(ValueLayout.JAVA_BYTE, at)).isZero();
                memory.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
            }
            assertThat(resident() - resident).isGreaterThan(BYTES / 4);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, BYTES - 1)).isZero();
        }
        assertThat(mapped()).isLessThan(before + BYTES / 2);
    }

    @Test
    void an_answer_that_was_not_built_takes_no_memory() throws IOException {
        Needs.linux();
        long before = resident();
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < 128; i++) {
                assertThat(new Reply(arena).memory().byteSize()).isGreaterThanOrEqualTo(Answers.MOST);
            }
            assertThat(resident() - before).isLessThan(64 << 20);
        }
    }

    /** Bytes; proc_pid_statm(5). */
    private static long mapped() throws IOException {
        return statm().get(0);
    }

    private static long resident() throws IOException {
        return statm().get(1);
    }

    private static List<Long> statm() throws IOException {
        String[] words = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
        return List.of(Long.parseLong(words[0]) * PAGE, Long.parseLong(words[1]) * PAGE);
    }
}
