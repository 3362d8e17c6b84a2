package dev.mayfly.queue.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Prepared;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The forms that lie in ledgers and are sent to clients: whoever changes one strands what was kept before. */
final class KeptFormTest {
    private static final JobId ID = new JobId("r_" + "0".repeat(64));
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final Answer GRADED = new Answer.Graded("red", 20, "{\"verdict\":\"red\"}");
    private static final Answer FAILED = new Answer.Failed("MF-6101", "a", "b", "c", 3);

    @Test
    void an_answer_with_a_verdict() {
        String kept = "{\"verdict\":\"red\",\"exit_code\":20,\"result\":\"{\\\"verdict\\\":\\\"red\\\"}\"}";
        assertThat(JsonWriter.compact(AnswerJson.kept(GRADED))).isEqualTo(kept);
        assertThat(AnswerJson.read(kept)).isEqualTo(GRADED);
        assertThat(text(AnswerJson.sent(ID, GRADED))).isEqualTo("{\"verdict\":\"red\"}");
    }

    @Test
    void an_answer_without_one() {
        String kept = "{\"code\":\"MF-6101\",\"what\":\"a\",\"why\":\"b\",\"fix\":\"c\",\"exit_code\":3}";
        assertThat(JsonWriter.compact(AnswerJson.kept(FAILED))).isEqualTo(kept);
        assertThat(AnswerJson.read(kept)).isEqualTo(FAILED);
        assertThat(text(AnswerJson.sent(ID, FAILED))).isEqualTo("{\"run_id\":\"" + ID + "\",\"error\":" + kept + "}");
    }

    @Test
    void an_entry_that_runs_and_one_that_has_its_answer() {
        JobEntry running = JobEntry.queued(new Prepared(ID, true, Duration.ofSeconds(9), "echo"), NOW)
                .claimed(new Epoch("e", "h", "p"), NOW)
                .stored(7);
        String head = "{\"id\":\"" + ID + "\",\"state\":\"%s\",\"fence\":1,\"attempts\":1,\"round\":1,"
                + "\"submitted_ms\":1700000000123,\"changed_ms\":1700000000123,\"summary\":\"echo\","
                + "\"repeatable\":true,\"longest_ms\":9000,\"note\":\"\",\"cancel_wanted\":false,";
        String first = head.formatted("running") + "\"owner\":{\"id\":\"e\",\"home\":\"h\",\"process\":\"p\"}}";
        assertThat(text(EntryJson.bytes(running))).isEqualTo(first);
        assertThat(EntryJson.read(first.getBytes(StandardCharsets.UTF_8), 7)).isEqualTo(running);

        JobEntry done = running.ended(JobState.DONE, GRADED, NOW);
        String last = head.formatted("done") + "\"answer\":" + JsonWriter.compact(AnswerJson.kept(GRADED)) + "}";
        assertThat(text(EntryJson.bytes(done))).isEqualTo(last);
        assertThat(EntryJson.read(last.getBytes(StandardCharsets.UTF_8), 7)).isEqualTo(done);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
