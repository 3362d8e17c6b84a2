package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.testkit.FakeTime;
import dev.mayfly.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seats of workers, and what can be proven about whoever sat there. */
class WorkerSeatTest {
    @TempDir
    Path home;

    private WorkerSeat take() {
        return WorkerSeat.take(home, IdSource.random());
    }

    private static Epoch epoch(BufferedReader lines) throws IOException {
        return new Epoch(lines.readLine(), lines.readLine(), lines.readLine());
    }

    @Test
    void two_workers_of_one_home_have_two_seats_and_a_free_one_is_taken_again() {
        try (WorkerSeat first = take();
                WorkerSeat second = take()) {
            assertThat(first.epoch().home()).endsWith("/0");
            assertThat(second.epoch().home()).endsWith("/1");
            assertThat(second.followed(first.epoch())).isFalse();
            assertThat(first.followed(first.epoch())).isFalse();
            first.close();
            try (WorkerSeat third = take()) {
                assertThat(third.epoch().home()).isEqualTo(first.epoch().home());
                assertThat(third.epoch().id()).isNotEqualTo(first.epoch().id());
                assertThat(third.followed(first.epoch())).isTrue();
            }
        }
    }

    @Test
    void homes_are_told_apart(@TempDir Path other) {
        try (WorkerSeat here = take();
                WorkerSeat there = WorkerSeat.take(other, IdSource.random())) {
            assertThat(here.followed(there.epoch())).isFalse();
            assertThat(here.epoch().home()).isNotEqualTo(there.epoch().home());
        }
    }

    @Test
    void a_killed_process_frees_its_seat_and_is_over_a_moment_after_its_death() throws Exception {
        Needs.linux();
        Process child = SeatedProcess.start(home);
        FakeTime time = FakeTime.standing();
        try (BufferedReader lines = child.inputReader()) {
            Epoch epoch = epoch(lines);
            try (WorkerSeat mine = take()) {
                ProcessObituary obituary = new ProcessObituary(mine, time);
                assertThat(mine.epoch().home()).endsWith("/1");
                assertThat(obituary.isOver(epoch)).isFalse();

                child.destroyForcibly().waitFor();

                assertThat(obituary.isOver(epoch))
                        .as("its boxes may still be ending")
                        .isFalse();
                time.advance(Duration.ofMillis(499));
                assertThat(obituary.isOver(epoch)).isFalse();
                time.advance(Duration.ofMillis(2));
                assertThat(obituary.isOver(epoch)).isTrue();
                try (WorkerSeat next = take()) {
                    assertThat(next.epoch().home()).isEqualTo(epoch.home());
                    assertThat(next.followed(epoch)).isTrue();
                }
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void nothing_is_proven_about_a_process_of_another_machine_or_of_a_name_that_cannot_be_read() {
        FakeTime time = FakeTime.standing();
        try (WorkerSeat mine = take()) {
            ProcessObituary obituary = new ProcessObituary(mine, time);
            for (String process : new String[] {"other-boot/pid:[1]/mayfly-1-1", "mayfly-1-1", "", "x/y"}) {
                Epoch epoch = new Epoch("e-" + process, "elsewhere/0", process);
                assertThat(obituary.isOver(epoch)).as(process).isFalse();
                time.advance(Duration.ofHours(1));
                assertThat(obituary.isOver(epoch)).as(process).isFalse();
            }
        }
    }

    @Test
    void the_name_of_a_process_is_read_as_it_was_written() {
        WorkerProcess me = WorkerProcess.current();
        assertThat(WorkerProcess.parse(me.text())).contains(me);
        assertThat(WorkerProcess.parse("no slash")).isEmpty();
        assertThat(WorkerProcess.parse("place/mayfly-x-1")).isEmpty();
        assertThat(new WorkerProcess("", me.instance()).isFromHere()).isFalse();
        assertThat(new WorkerProcess("elsewhere", me.instance()).isFromHere()).isFalse();
    }

    @Test
    void a_home_where_nothing_can_be_made_is_told() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "");
        assertThatThrownBy(() -> WorkerSeat.take(file, IdSource.random()))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("no place for a worker");
    }
}
