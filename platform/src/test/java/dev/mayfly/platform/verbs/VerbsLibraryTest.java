package dev.mayfly.platform.verbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VerbsLibraryTest {
    @Test
    void the_library_of_this_machine_lists_the_cards_of_its_kernel_or_says_that_it_is_not_there() {
        VerbsLibrary library;
        try {
            library = VerbsLibrary.load();
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(e.fix()).contains("--transport soft");
            Needs.that(false, "libibverbs", e.why());
            return;
        }
        List<String> devices = library.devices();
        assertThat(library.devices()).isEqualTo(devices);
        for (String device : devices) {
            assertThat(Files.exists(Path.of("/sys/class/infiniband", device))).isTrue();
        }
        assertThatThrownBy(() -> library.open("no such card"))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void a_narrow_counter_that_begins_anew_goes_on_as_nanoseconds() {
        Random random = new Random(12);
        long mask = (1L << 40) - 1;
        Ticks ticks = new Ticks(mask, 156_250); // 156.25 MHz: 6.4 ns a tick
        long counter = mask - 1000;
        long first = ticks.nanos(counter & mask);
        long start = counter;
        for (int i = 0; i < 10_000; i++) {
            counter += random.nextLong(1L << 33) - 3;
            long expected = (counter - start) * 32 / 5;
            assertThat(ticks.nanos(counter & mask) - first).isBetween(expected - 1, expected + 1);
        }
    }

    @Test
    void a_counter_of_64_bits_is_taken_as_it_is() {
        Ticks ticks = new Ticks(0, 1_000_000);
        assertThat(ticks.nanos(5)).isEqualTo(5);
        assertThat(ticks.nanos(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }
}
