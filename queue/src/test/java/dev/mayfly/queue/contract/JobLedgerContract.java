package dev.mayfly.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.JobLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every engine must do with the rows of jobs. */
public abstract class JobLedgerContract extends EngineContract {
    private static JobEntry create(JobLedger ledger, JobEntry entry) {
        return ledger.store(entry.stored(0)).orElseThrow();
    }

    @Test
    void a_job_that_nobody_stored_is_not_found() throws Exception {
        JobLedger ledger = openNew(EngineTerms.CALM).ledger();
        assertThat(ledger.find(SampleJobs.id(1))).isEmpty();
        assertThat(ledger.newest(10, Optional.empty())).isEmpty();
        assertThat(ledger.startingWith("r_", 10)).isEmpty();
    }

    @Test
    void the_first_to_store_a_job_makes_it_and_the_second_learns_that_it_was_not() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        JobLedger here = open(home).ledger();
        JobLedger elsewhere = open(home).ledger();
        JobEntry entry = SampleJobs.queued(1);
        JobEntry stored = here.store(entry).orElseThrow();
        assertThat(stored.version()).isNotZero();
        assertThat(stored.stored(0)).isEqualTo(entry);
        assertThat(elsewhere.store(entry)).isEmpty();
        assertThat(here.store(entry)).isEmpty();
        assertThat(elsewhere.find(entry.id())).contains(stored);
    }

    @Test
    void a_job_is_changed_only_in_the_place_of_the_version_it_was_made_from() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        JobLedger here = open(home).ledger();
        JobLedger elsewhere = open(home).ledger();
        JobEntry first = create(here, SampleJobs.queued(1));
        JobEntry claimed = elsewhere
                .store(first.claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        assertThat(claimed.version()).isNotEqualTo(first.version());
        assertThat(here.store(first.claimed(new Epoch("other", "h", "p"), SampleJobs.NOON)))
                .isEmpty();
        assertThat(here.find(first.id())).contains(claimed);
        assertThat(here.store(SampleJobs.queued(2).stored(claimed.version()))).isEmpty();
        assertThat(here.find(SampleJobs.id(2))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_job_in_any_state_is_read_as_it_was_stored(JobState state) throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        JobEntry entry = SampleJobs.in(state, 1);
        Engine first = open(home);
        JobEntry stored = create(first.ledger(), entry);
        first.close();
        JobLedger later = open(home).ledger();
        assertThat(later.find(entry.id())).contains(entry.stored(stored.version()));
        assertThat(later.newest(1, Optional.of(state))).containsExactly(stored);
        assertThat(later.startingWith(entry.id().value(), 1)).containsExactly(stored);
    }

    @Test
    void results_of_any_size_keep_their_bytes() throws Exception {
        JobLedger ledger = openNew(EngineTerms.CALM).ledger();
        for (int size : new int[] {0, 100, 1 << 20, 8 << 20}) {
            // Every character has to be escaped when it is put into JSON once more.
            String result = "\"\\\n".repeat(size / 3);
            JobEntry running = create(ledger, SampleJobs.queued(size + 1).claimed(SampleJobs.WORKER, SampleJobs.NOON));
            JobEntry done = ledger.store(running.ended(JobState.DONE, SampleJobs.graded(result), SampleJobs.NOON))
                    .orElseThrow();
            JobEntry found = ledger.find(done.id()).orElseThrow();
            assertThat(found.answer().orElseThrow() instanceof Answer.Graded graded
                            && graded.result().equals(result))
                    .as("a result of %d bytes", result.length())
                    .isTrue();
        }
    }

    @Test
    void of_many_who_claim_one_job_at_once_one_wins_each_round_and_fences_rise() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        List<JobLedger> handles = List.of(open(home).ledger(), open(home).ledger());
        JobId id = create(handles.getFirst(), SampleJobs.queued(1)).id();
        int claimants = 32;
        int rounds = 15;
        CyclicBarrier barrier = new CyclicBarrier(claimants);
        List<Future<List<Long>>> all = new ArrayList<>();
        for (int i = 0; i < claimants; i++) {
            JobLedger ledger = handles.get(i % 2);
            Epoch me = new Epoch("epoch-" + i, "home", "process");
            all.add(meanwhile(() -> {
                List<Long> won = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    barrier.await();
                    JobEntry seen = ledger.find(id).orElseThrow();
                    barrier.await();
                    ledger.store(seen.claimed(me, SampleJobs.NOON)).ifPresent(entry -> won.add(entry.fence()));
                }
                return won;
            }));
        }
        List<Long> fences = new ArrayList<>();
        for (Future<List<Long>> each : all) {
            fences.addAll(each.get());
        }
        List<Long> expected = new ArrayList<>();
        for (long fence = 1; fence <= rounds; fence++) {
            expected.add(fence);
        }
        assertThat(fences).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(handles.getFirst().find(id).orElseThrow().fence()).isEqualTo(rounds);
    }

    @Test
    void of_many_who_make_one_job_at_once_one_does() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        List<JobLedger> handles = List.of(open(home).ledger(), open(home).ledger());
        int makers = 32;
        CyclicBarrier barrier = new CyclicBarrier(makers);
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < makers; i++) {
            JobLedger ledger = handles.get(i % 2);
            all.add(meanwhile(() -> {
                barrier.await();
                return ledger.store(SampleJobs.queued(1)).isPresent();
            }));
        }
        int made = 0;
        for (Future<Boolean> each : all) {
            made += each.get() ? 1 : 0;
        }
        assertThat(made).isEqualTo(1);
    }

    @Test
    void the_newest_are_those_that_changed_last() throws Exception {
        JobLedger ledger = openNew(EngineTerms.CALM).ledger();
        JobEntry one = create(ledger, SampleJobs.queued(1));
        JobEntry two = create(ledger, SampleJobs.queued(2));
        JobEntry three = create(ledger, SampleJobs.queued(3));
        JobEntry oneClaimed = ledger.store(one.claimed(SampleJobs.WORKER, SampleJobs.NOON.plusSeconds(1)))
                .orElseThrow();
        JobEntry twoDone = ledger.store(
                        two.ended(JobState.DONE, SampleJobs.graded("{}"), SampleJobs.NOON.plusSeconds(2)))
                .orElseThrow();
        assertThat(ledger.newest(10, Optional.empty())).containsExactly(twoDone, oneClaimed, three);
        assertThat(ledger.newest(2, Optional.empty())).containsExactly(twoDone, oneClaimed);
        assertThat(ledger.newest(10, Optional.of(JobState.QUEUED))).containsExactly(three);
        assertThat(ledger.newest(10, Optional.of(JobState.RUNNING))).containsExactly(oneClaimed);
        assertThat(ledger.newest(10, Optional.of(JobState.DEAD))).isEmpty();
    }

    @Test
    void jobs_are_found_by_the_beginning_of_their_ids() throws Exception {
        JobLedger ledger = openNew(EngineTerms.CALM).ledger();
        JobEntry b = create(ledger, SampleJobs.queued(0x2b));
        JobEntry a = create(ledger, SampleJobs.queued(0x2a));
        JobEntry c = create(ledger, SampleJobs.queued(0x3c));
        String zeros = "r_" + "0".repeat(62);
        assertThat(ledger.startingWith(zeros + "2", 10)).containsExactly(a, b);
        assertThat(ledger.startingWith(zeros + "3c", 10)).containsExactly(c);
        assertThat(ledger.startingWith(zeros + "4", 10)).isEmpty();
        assertThat(ledger.startingWith("r_", 2)).containsExactly(a, b);
        assertThat(ledger.startingWith("", 10)).containsExactly(a, b, c);
        assertThat(ledger.startingWith("r", 10)).containsExactly(a, b, c);
    }

    @Test
    void only_old_jobs_that_have_their_answer_are_forgotten() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        JobLedger ledger = open(home).ledger();
        List<JobEntry> kept = new ArrayList<>();
        List<JobEntry> old = new ArrayList<>();
        for (JobState state : JobState.values()) {
            JobEntry entry = create(ledger, SampleJobs.in(state, state.ordinal()));
            (state.isFinal() ? old : kept).add(entry);
        }
        JobEntry fresh = create(
                ledger,
                SampleJobs.queued(100).ended(JobState.DONE, SampleJobs.graded("{}"), SampleJobs.NOON.plusSeconds(60)));
        kept.add(fresh);
        assertThat(ledger.forgetBefore(SampleJobs.NOON)).isZero();
        assertThat(ledger.forgetBefore(SampleJobs.NOON.plusSeconds(30))).isEqualTo(old.size());
        assertThat(ledger.forgetBefore(SampleJobs.NOON.plusSeconds(30))).isZero();
        JobLedger elsewhere = open(home).ledger();
        for (JobEntry entry : old) {
            assertThat(elsewhere.find(entry.id())).isEmpty();
        }
        for (JobEntry entry : kept) {
            assertThat(elsewhere.find(entry.id())).contains(entry);
        }
        assertThat(elsewhere.startingWith("r_", 100)).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void one_who_still_has_a_forgotten_job_in_hands_cannot_change_the_one_made_in_its_place() throws Exception {
        JobLedger ledger = openNew(EngineTerms.CALM).ledger();
        JobEntry stale = create(ledger, SampleJobs.queued(1));
        ledger.store(stale.ended(JobState.CANCELLED, SampleJobs.failed(), SampleJobs.NOON))
                .orElseThrow();
        assertThat(ledger.forgetBefore(SampleJobs.NOON.plusSeconds(1))).isEqualTo(1);
        JobEntry fresh = create(ledger, SampleJobs.queued(1));
        assertThat(ledger.store(stale.claimed(SampleJobs.WORKER, SampleJobs.NOON)))
                .isEmpty();
        assertThat(ledger.find(stale.id())).contains(fresh);
    }

    @Test
    void workers_are_counted_by_what_they_said_lately() throws Exception {
        JobLedger ledger = open(home(EngineTerms.CALM)).ledger();
        Instant before = Instant.now().minusSeconds(1);
        assertThat(ledger.workersSince(before)).hasValue(0);
        assertThat(ledger.isNoWorkerSince(before)).isTrue();
        ledger.beat(new Epoch("one", "home", "process"), 1);
        ledger.beat(new Epoch("two", "home", "process"), 1);
        ledger.beat(new Epoch("two", "home", "process"), 2);
        assertThat(ledger.workersSince(before)).hasValue(2);
        assertThat(ledger.isNoWorkerSince(before)).isFalse();
        assertThat(ledger.workersSince(Instant.now().plusSeconds(60))).hasValue(0);
        assertThat(ledger.isNoWorkerSince(Instant.now().plusSeconds(60))).isTrue();
    }

    @Test
    void beats_are_seen_from_everywhere_until_their_epoch_is_forgotten() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        JobLedger here = open(home).ledger();
        JobLedger elsewhere = open(home).ledger();
        Epoch owner = SampleJobs.WORKER;
        Epoch idle = new Epoch("epoch-2", "home", "process");
        assertThat(elsewhere.lastBeat(owner)).isEmpty();
        here.beat(owner, 1);
        here.beat(owner, Long.MAX_VALUE);
        here.beat(idle, -5);
        assertThat(elsewhere.lastBeat(owner)).isEqualTo(OptionalLong.of(Long.MAX_VALUE));
        assertThat(elsewhere.lastBeat(idle)).isEqualTo(OptionalLong.of(-5));
        create(here, SampleJobs.in(JobState.RUNNING, 1));
        here.forgetBefore(Instant.now().plus(Duration.ofDays(1)));
        assertThat(elsewhere.lastBeat(owner)).isPresent();
        assertThat(elsewhere.lastBeat(idle)).isEmpty();
        here.beat(idle, 6);
        assertThat(elsewhere.lastBeat(idle)).isEqualTo(OptionalLong.of(6));
    }

    @Test
    void after_closing_calls_fail_and_closing_again_does_nothing() throws Exception {
        Engine engine = openNew(EngineTerms.CALM);
        engine.close();
        engine.ledger().close();
        assertThatThrownBy(() -> engine.ledger().find(SampleJobs.id(1)))
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.STATE_UNAVAILABLE, ErrorCode.QUEUE_UNREACHABLE));
    }
}
