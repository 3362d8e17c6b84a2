package dev.mayfly.app.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.program.Voice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MB = 1 << 20;

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - SECOND); // nanoTime may overflow
    private final List<String> said = new ArrayList<>();

    private Voice voice(boolean replaces) {
        return new Voice() {
            @Override
            public void progress(String line) {
                said.add("line: " + line);
            }

            @Override
            public void result(String text) {
                throw new AssertionError("no result: " + text);
            }

            @Override
            public boolean replaces() {
                return replaces;
            }

            @Override
            public void standing(String line) {
                said.add(line);
            }
        };
    }

    private Progress progress(boolean replaces, boolean silent) {
        return new Progress(voice(replaces), silent, "copied", clock::get);
    }

    @Test
    void it_tells_count_bytes_rate_and_time_left() {
        try (Progress progress = progress(true, false)) {
            clock.addAndGet(10 * SECOND);
            progress.at(new Progress.At(5, 20, 100 * MB, 400 * MB));
        }
        assertThat(said).containsExactly("copied 5 of 20 files, 100 MB of 400 MB, 10.0 MB/s, 0:30 left", "");
    }

    @Test
    void without_totals_it_tells_no_end() {
        Progress progress = progress(true, false);
        clock.addAndGet(2 * SECOND);
        progress.at(new Progress.At(7, 0, 3 * MB, 0));
        assertThat(said).containsExactly("copied 7 files, 3.0 MB, 1.5 MB/s");
    }

    @Test
    void what_is_done_at_once_is_not_told_and_a_terminal_is_written_to_ten_times_a_second() {
        Progress progress = progress(true, false);
        for (int i = 0; i < 2000; i++) {
            clock.addAndGet(SECOND / 1000);
            progress.at(new Progress.At(i, 0, i, 0));
        }
        assertThat(said).hasSize(16).first().asString().startsWith("copied 499 files");
    }

    @Test
    void elsewhere_a_line_follows_every_few_seconds() {
        Progress progress = progress(false, false);
        for (int i = 0; i < 100; i++) {
            clock.addAndGet(SECOND / 10);
            progress.at(new Progress.At(i, 0, i, 0));
        }
        progress.close();
        assertThat(said).hasSize(3);
    }

    @Test
    void who_asked_for_quiet_hears_nothing() {
        Progress progress = progress(true, true);
        clock.addAndGet(10 * SECOND);
        progress.at(new Progress.At(5, 20, 100, 400));
        progress.in("mark");
        progress.close();
        assertThat(said).isEmpty();
    }
}
