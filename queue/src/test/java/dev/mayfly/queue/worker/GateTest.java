package dev.mayfly.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.port.WorkerCondition;
import dev.mayfly.queue.port.WorkerEvents;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
final class GateTest {
    private final List<WorkerCondition> conditions = new CopyOnWriteArrayList<>();
    private final Gate gate = new Gate(
            new WorkerEvents() {
                @Override
                public void finished(JobState end, Answer answer, Duration queueWait, Duration runTime) {}

                @Override
                public void duplicate() {}

                @Override
                public void redelivery() {}

                @Override
                public void deadLetter() {}

                @Override
                public void inFlight(int jobs) {}

                @Override
                public void condition(WorkerCondition condition, String why) {
                    conditions.add(condition);
                }
            },
            Log.off());

    @Test
    void an_open_gate_asks_nobody() throws InterruptedException {
        gate.pass(() -> {
            throw new AssertionError("asked");
        });
        assertThat(conditions).containsExactly(WorkerCondition.FETCHING);
    }

    @Test
    void a_shut_gate_opens_when_the_probe_succeeds_and_says_each_condition_once() throws InterruptedException {
        gate.shut(ScriptedRunner.failure(ErrorCode.STATE_UNAVAILABLE));
        gate.shut(ScriptedRunner.failure(ErrorCode.STATE_UNAVAILABLE));
        AtomicInteger probes = new AtomicInteger();
        gate.pass(() -> {
            if (probes.incrementAndGet() < 3) {
                throw ScriptedRunner.failure(ErrorCode.STATE_UNAVAILABLE);
            }
        });
        assertThat(probes).hasValue(3);
        assertThat(conditions)
                .containsExactly(WorkerCondition.FETCHING, WorkerCondition.STOPPED, WorkerCondition.FETCHING);
    }

    @Test
    void another_trouble_is_another_condition() {
        gate.shut(ScriptedRunner.failure(ErrorCode.STATE_UNAVAILABLE));
        gate.shut(ScriptedRunner.failure(ErrorCode.QUEUE_UNREACHABLE));
        assertThat(conditions)
                .containsExactly(WorkerCondition.FETCHING, WorkerCondition.STOPPED, WorkerCondition.DISCONNECTED);
    }

    @Test
    void draining_lets_waiters_go_at_once_and_nothing_shuts_or_opens_it_again() throws InterruptedException {
        gate.shut(ScriptedRunner.failure(ErrorCode.QUEUE_UNREACHABLE));
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                gate.pass(() -> {
                    throw ScriptedRunner.failure(ErrorCode.QUEUE_UNREACHABLE);
                });
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        gate.drain();
        gate.drain();
        assertThat(waiter.join(Duration.ofSeconds(10))).isTrue();
        gate.shut(ScriptedRunner.failure(ErrorCode.STATE_UNAVAILABLE));
        assertThat(gate.draining()).isTrue();
        assertThat(conditions)
                .containsExactly(WorkerCondition.FETCHING, WorkerCondition.DISCONNECTED, WorkerCondition.DRAINING);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"STATE_UNAVAILABLE", "STATE_CORRUPT", "SANDBOX_UNAVAILABLE", "QUEUE_UNREACHABLE"})
    void what_would_befall_the_next_job_too_shuts_it(ErrorCode code) {
        gate.shutIfOurs(ScriptedRunner.failure(code));
        assertThat(conditions).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"LAUNCHER_DIED", "POLICY_MISSING", "LAYER_MISSING", "POLICY_REFUSES", "INTERNAL"})
    void what_one_request_can_cause_does_not(ErrorCode code) {
        gate.shutIfOurs(ScriptedRunner.failure(code));
        assertThat(conditions).containsExactly(WorkerCondition.FETCHING);
    }
}
