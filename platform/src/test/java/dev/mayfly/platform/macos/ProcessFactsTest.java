package dev.mayfly.platform.macos;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The layout against bytes that the test made after sys/proc_info.h; the call itself was not tried on a Mac. */
class ProcessFactsTest {
    private static MemorySegment info(Arena arena, int pid, int parent, int status) {
        MemorySegment info = arena.allocate(ProcessFacts.BYTES, 8);
        info.fill((byte) 0x5a);
        info.set(ValueLayout.JAVA_INT, 4, status);
        info.set(ValueLayout.JAVA_INT, 12, pid);
        info.set(ValueLayout.JAVA_INT, 16, parent);
        info.set(ValueLayout.JAVA_LONG, 120, 1_700_000_000L);
        info.set(ValueLayout.JAVA_LONG, 128, 123_456L);
        return info;
    }

    @Test
    void number_parent_and_start_are_read_from_their_places() {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(ProcessFacts.read(info(arena, 4711, 42, 2)))
                    .contains(new ProcessFacts(4711, 42, 1_700_000_000_123_456L, false));
            assertThat(ProcessFacts.read(info(arena, 4711, 42, 5)).orElseThrow().zombie())
                    .isTrue();
            assertThat(ProcessFacts.read(arena.allocate(ProcessFacts.BYTES - 1)))
                    .isEmpty();
        }
    }

    @Test
    void the_class_loads_everywhere_and_says_nothing_where_there_is_no_such_call() {
        int self = Math.toIntExact(ProcessHandle.current().pid());
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
        assertThat(ProcessFacts.of(self).isPresent()).isEqualTo(mac);
    }
}
