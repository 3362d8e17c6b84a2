package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchOptionsTest {
    @Test
    void nothing_said_measures_enough_for_a_claim_but_the_long_load() {
        BenchOptions options = BenchOptions.parse(List.of(), BenchOptions.standard());

        assertThat(options).isEqualTo(BenchOptions.standard());
        assertThat(options.daemons()).isEqualTo(500);
        assertThat(options.floodMegabytes()).isEqualTo(1024);
    }

    @Test
    void every_option_lands_where_it_belongs_with_a_blank_or_an_equals_sign() {
        BenchOptions options = BenchOptions.parse(
                List.of(
                        "--runs=1",
                        "--cold",
                        "2",
                        "--warm-up=3",
                        "--seconds",
                        "4",
                        "--clients=5",
                        "--kills",
                        "6",
                        "--daemons=7",
                        "--flood",
                        "8",
                        "--json",
                        "--plot=a.svg"),
                BenchOptions.standard());

        assertThat(options).isEqualTo(new BenchOptions(1, 2, 3, 4, 5, 6, 7, 8, true, options.plot()));
        assertThat(options.plot()).contains(Path.of("a.svg"));
    }

    @Test
    void what_is_said_after_quick_wins_over_it() {
        BenchOptions options =
                BenchOptions.parse(List.of("--json", "--quick", "--runs", "77"), BenchOptions.standard());

        assertThat(options.runs()).isEqualTo(77);
        assertThat(options.daemons()).isLessThan(500);
        assertThat(options.json()).isTrue();
    }

    @Test
    void the_queue_has_more_clients_than_slots_and_takes_the_same_options() {
        BenchOptions usual = BenchOptions.parse(List.of(), BenchOptions.queue());

        assertThat(usual.clients()).isGreaterThan(BenchOptions.standard().clients());
        assertThat(BenchOptions.parse(List.of("--seconds", "60"), BenchOptions.queue())
                        .seconds())
                .isEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--runs",
                "--runs=-1",
                "--runs=many",
                "--clients=0",
                "--daemons=2001",
                "--speed=9",
                "runs",
                "--json=1"
            })
    void what_makes_no_sense_is_a_usage_error_that_names_it(String word) {
        assertThatThrownBy(() -> BenchOptions.parse(List.of(word), BenchOptions.standard()))
                .isInstanceOfSatisfying(MayflyException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.USAGE);
                    assertThat(error.why()).contains(word.split("=", 2)[0]);
                });
    }

    @Test
    void the_help_names_every_option() {
        assertThat(BenchOptions.USAGE)
                .contains("--runs", "--cold", "--warm-up", "--seconds", "--clients", "--kills", "--daemons", "--flood")
                .contains("--quick", "--json", "--plot");
    }
}
