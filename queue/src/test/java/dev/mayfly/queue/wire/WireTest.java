package dev.mayfly.queue.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Whatever is kept is read back as it was; whatever else is read is called damaged. */
class WireTest {
    @Property(tries = 500)
    void an_answer_is_read_as_it_was_kept(@ForAll("answers") Answer answer) {
        assertThat(AnswerJson.read(JsonWriter.compact(AnswerJson.kept(answer)))).isEqualTo(answer);
    }

    @Property(tries = 500)
    void an_entry_is_read_as_it_was_kept(@ForAll("entries") JobEntry entry) {
        assertThat(EntryJson.read(EntryJson.bytes(entry), entry.version())).isEqualTo(entry);
    }

    @Property(tries = 2000)
    void an_entry_whose_bytes_were_changed_is_read_or_called_damaged(
            @ForAll("entries") JobEntry entry, @ForAll long seed) {
        byte[] bytes = changed(EntryJson.bytes(entry), seed);
        onlyDamaged(() -> EntryJson.read(bytes, 1));
    }

    @Property(tries = 2000)
    void an_answer_whose_bytes_were_changed_is_read_or_called_damaged(
            @ForAll("answers") Answer answer, @ForAll long seed) {
        byte[] bytes = changed(JsonWriter.compact(AnswerJson.kept(answer)).getBytes(StandardCharsets.UTF_8), seed);
        onlyDamaged(() -> AnswerJson.read(new String(bytes, StandardCharsets.UTF_8)));
    }

    @Property(tries = 1000)
    void any_bytes_are_called_damaged(@ForAll byte[] bytes) {
        assertThatThrownBy(() -> EntryJson.read(bytes, 1))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
        assertThatThrownBy(() -> AnswerJson.read(new String(bytes, StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
    }

    @Test
    void numbers_that_fit_nothing_are_called_damaged() {
        String answer = "{\"verdict\":\"green\",\"exit_code\":%s,\"result\":\"{}\"}";
        for (String number : List.of("2147483648", "1.5", "1e300", "\"0\"", "null", "-9223372036854775809")) {
            assertThatThrownBy(() -> AnswerJson.read(answer.formatted(number)))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
        }
        assertThat(AnswerJson.read(answer.formatted("1e1")).exitCode()).isEqualTo(10);
    }

    @Test
    void an_entry_with_a_result_of_many_megabytes_is_read_as_it_was_kept() {
        JobEntry entry = JobEntry.queued(
                        new dev.mayfly.queue.api.Prepared(
                                new JobId("r_" + "0".repeat(64)), true, Duration.ofSeconds(1), "s"),
                        Instant.EPOCH)
                .ended(JobState.DONE, new Answer.Graded("green", 0, "\"\\\u0001".repeat(6 << 20)), Instant.EPOCH);
        assertThat(EntryJson.read(EntryJson.bytes(entry), 0).equals(entry)).isTrue();
    }

    private static void onlyDamaged(Runnable reading) {
        try {
            reading.run();
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT);
        }
    }

    /** Cuts, swaps and overwrites with what means something in JSON. */
    private static byte[] changed(byte[] bytes, long seed) {
        RandomGenerator random = new java.util.Random(seed);
        byte[] out = bytes.clone();
        byte[] words = "{}[]\",:-0123456789eE.\\untrfals \u0000".getBytes(StandardCharsets.UTF_8);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && out.length > 0; i++) {
            int at = random.nextInt(out.length);
            switch (random.nextInt(4)) {
                case 0 -> out = java.util.Arrays.copyOf(out, at);
                case 1 -> out[at] = (byte) random.nextInt(256);
                case 2 -> out[at] = words[random.nextInt(words.length)];
                default -> {
                    byte[] longer = new byte[out.length + 1];
                    System.arraycopy(out, 0, longer, 0, at);
                    longer[at] = words[random.nextInt(words.length)];
                    System.arraycopy(out, at, longer, at + 1, out.length - at);
                    out = longer;
                }
            }
        }
        return out;
    }

    /** Halves of surrogate pairs are left out: no text that came as UTF-8 has them. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                        Arbitraries.chars().range('\u0000', '\ud7ff').map(String::valueOf),
                        Arbitraries.chars().range('\ue000', '\uffff').map(String::valueOf),
                        Arbitraries.of("\"", "\\", "\\u0000", "😀", "{}", "\n"))
                .list()
                .ofMaxSize(20)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<Answer> answers() {
        Arbitrary<Integer> codes = Arbitraries.integers();
        return Arbitraries.oneOf(
                Combinators.combine(Arbitraries.of("green", "yellow", "red"), codes, texts())
                        .as((verdict, code, result) -> new Answer.Graded(verdict, code, result)),
                Combinators.combine(texts(), texts(), texts(), texts(), codes)
                        .as((code, what, why, fix, exit) -> new Answer.Failed(code, what, why, fix, exit)));
    }

    @Provide
    Arbitrary<JobEntry> entries() {
        Arbitrary<String> ids =
                Arbitraries.strings().withChars("0123456789abcdef").ofLength(64).map(hex -> "r_" + hex);
        Arbitrary<Epoch> epochs = Combinators.combine(texts(), texts(), texts()).as(Epoch::new);
        Arbitrary<Long> millis = Arbitraries.longs();
        Arbitrary<long[]> numbers = Combinators.combine(millis, millis, millis, millis, millis)
                .as((a, b, c, d, e) -> new long[] {a, b, c, d, e});
        Arbitrary<int[]> counts = Combinators.combine(Arbitraries.integers(), Arbitraries.integers())
                .as((a, b) -> new int[] {a, b});
        Arbitrary<boolean[]> flags = Combinators.combine(Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as((a, b) -> new boolean[] {a, b});
        Arbitrary<List<String>> words = texts().list().ofSize(2);
        return Combinators.combine(
                        ids, Arbitraries.of(JobState.class), numbers, counts, flags, words, epochs, answers())
                .as((id, state, number, count, flag, word, epoch, answer) -> new JobEntry(
                        new JobId(id),
                        number[0],
                        state,
                        number[1],
                        count[0],
                        count[1],
                        Instant.ofEpochMilli(number[2]),
                        Instant.ofEpochMilli(number[3]),
                        word.get(0),
                        flag[0],
                        Duration.ofMillis(number[4]),
                        word.get(1),
                        state == JobState.RUNNING ? Optional.of(epoch) : Optional.empty(),
                        flag[1],
                        state.isFinal() ? Optional.of(answer) : Optional.empty()));
    }
}
