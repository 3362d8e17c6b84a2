package dev.mayfly.fleet.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.StartTimes.Way;
import dev.mayfly.fleet.backend.TemplateName;
import dev.mayfly.fleet.schedule.TemplateTimes;
import dev.mayfly.fleet.schedule.TemplateTimes.Quantiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartBookTest {
    private static final TemplateName DEBIAN = new TemplateName("debian", Sha256Digest.of("debian"));

    @TempDir
    Path folder;

    private StartBook open() {
        return StartBook.open(Optional.of(folder.resolve("starts.json")), Log.off());
    }

    private static StartTimes took(Way way, long clone, long boot) {
        return new StartTimes(
                way,
                "",
                Duration.ofMillis(clone),
                Duration.ofMillis(boot / 2),
                Duration.ZERO,
                Duration.ofMillis(boot - boot / 2));
    }

    @Test
    void what_starts_have_taken_is_known_by_template_and_way_also_after_a_restart() {
        StartBook book = open();
        assertThat(book.times()).isEmpty();
        for (int i = 1; i <= 100; i++) {
            book.add(DEBIAN, took(Way.BOOTED, i, 1_000L * i));
        }
        book.add(DEBIAN, took(Way.RESTORED, 2, 500));
        TemplateName other = new TemplateName("alpine", Sha256Digest.of("alpine"));
        book.add(other, took(Way.BOOTED, 7, 70));
        List<TemplateTimes> expected = List.of(
                new TemplateTimes(
                        "alpine",
                        other.digest(),
                        "booted",
                        1,
                        new Quantiles(7_000, 7_000),
                        new Quantiles(70_000, 70_000),
                        new Quantiles(77_000, 77_000)),
                new TemplateTimes(
                        "debian",
                        DEBIAN.digest(),
                        "booted",
                        100,
                        new Quantiles(50_000, 95_000),
                        new Quantiles(50_000_000, 95_000_000),
                        new Quantiles(50_050_000, 95_095_000)),
                new TemplateTimes(
                        "debian",
                        DEBIAN.digest(),
                        "restored",
                        1,
                        new Quantiles(2_000, 2_000),
                        new Quantiles(500_000, 500_000),
                        new Quantiles(502_000, 502_000)));
        assertThat(book.times()).isEqualTo(expected);
        assertThat(open().times()).isEqualTo(expected);
        assertThat(StartBook.look(folder.resolve("starts.json"))).isEqualTo(expected);
    }

    @Test
    void only_the_latest_starts_of_the_latest_templates_are_kept() throws IOException {
        StartBook book = open();
        for (int i = 0; i < StartBook.MOST_STARTS + 50; i++) {
            book.add(DEBIAN, took(Way.BOOTED, i < 50 ? 9_999 : 1, 0));
        }
        assertThat(book.times())
                .singleElement()
                .satisfies(times -> assertThat(times.starts()).isEqualTo(StartBook.MOST_STARTS))
                .satisfies(times -> assertThat(times.cloned().p95()).isEqualTo(1_000));
        for (int i = 0; i < StartBook.MOST_ROWS; i++) {
            book.add(new TemplateName("t" + i, Sha256Digest.of("t" + i)), took(Way.BOOTED, 1, 1));
        }
        assertThat(open().times())
                .hasSize(StartBook.MOST_ROWS)
                .noneMatch(times -> times.template().equals("debian"));
        assertThat(Files.size(folder.resolve("starts.json"))).isLessThan(64 << 10);
    }

    @Test
    void a_file_that_says_nothing_is_begun_anew() throws IOException {
        Path file = folder.resolve("starts.json");
        for (String text : List.of(
                "",
                "{",
                "[]",
                "{\"format\":2,\"templates\":[]}",
                "{\"format\":1,\"templates\":[7,{\"template\":\"x\"}]}",
                "{\"format\":1,\"templates\":[{\"template\":\"x\",\"digest\":\"no\",\"way\":\"booted\","
                        + "\"clone_boot_total_us\":[[1,2,3]]}]}")) {
            Files.writeString(file, text);
            StartBook book = open();
            assertThat(book.times()).as(text).isEmpty();
            book.add(DEBIAN, took(Way.BOOTED, 1, 1));
            assertThat(open().times()).as(text).hasSize(1);
        }
    }
}
