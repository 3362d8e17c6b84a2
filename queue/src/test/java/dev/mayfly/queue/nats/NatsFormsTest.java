package dev.mayfly.queue.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.contract.SampleJobs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of the engine that need no server. */
class NatsFormsTest {
    @TempDir
    private Path temp;

    @Test
    void any_text_goes_through_a_header() {
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                text.appendCodePoint(random.nextInt(3) == 0 ? 0x1f600 + random.nextInt(50) : random.nextInt(0x200));
            }
            String encoded = HeaderText.encode(text.toString());
            assertThat(encoded).matches("[!-~]*");
            assertThat(HeaderText.decode(encoded)).isEqualTo(text.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "50%", "%4", "%zz", "%FF", "a%C3", "plain"})
    void a_header_that_others_wrote_is_taken_as_it_is(String value) {
        assertThat(HeaderText.decode(value)).isEqualTo(value);
    }

    @Test
    void a_queued_entry_goes_through_a_header_and_no_other_does() {
        JobEntry queued = SampleJobs.queued(4).stored(Long.MAX_VALUE);
        assertThat(EntryHeader.read(EntryHeader.text(queued))).contains(queued);
        JobEntry claimed = queued.claimed(SampleJobs.WORKER, SampleJobs.NOON);
        assertThat(EntryHeader.read(EntryHeader.text(claimed))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "7", "7:", "7:{}", "x:{}", "7:%", "7:[[[[", "99999999999999999999:{}"})
    void a_header_that_holds_no_entry_is_none(String value) {
        assertThat(EntryHeader.read(value)).isEmpty();
    }

    @Test
    void an_answer_that_fits_is_sent_whole() {
        Answer answer = SampleJobs.graded("{\"verdict\": \"green\",  \"stdout\": \"x\"}");
        assertThat(new String(CutAnswer.sent(SampleJobs.id(1), answer, 1000), StandardCharsets.UTF_8))
                .isEqualTo("{\"verdict\": \"green\",  \"stdout\": \"x\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 10_000, 60_000, 1 << 20})
    void an_answer_that_does_not_fit_is_cut_into_what_fits(int most) throws Exception {
        String text = "\\u0001\\\"😀".repeat(1 << 18);
        Answer answer = SampleJobs.graded("{\"verdict\":\"green\",\"exit_code\":0,\"stdout\":\"" + text
                + "\",\"stderr\":\"" + text + "\",\"outputs\":[\"" + text + "\"],\"signal\":null}");
        byte[] sent = CutAnswer.sent(SampleJobs.id(1), answer, most);
        assertThat(sent.length).isLessThanOrEqualTo(most);
        JsonObject cut = (JsonObject) JsonReader.read(sent);
        assertThat(cut.members().keySet())
                .containsExactlyInAnyOrder("verdict", "exit_code", "stdout", "stderr", "signal", "cut");
        assertThat(cut.get("cut").orElseThrow().toString()).contains("stdout", "stderr", "outputs");
    }

    @Test
    void an_answer_that_cannot_be_cut_says_where_the_whole_one_is() throws Exception {
        for (Answer answer : List.of(
                SampleJobs.graded("\"".repeat(10_000)),
                Answer.Failed.of(ErrorCode.JOB_DEAD, "what", "x".repeat(10_000), "fix"))) {
            byte[] sent = CutAnswer.sent(SampleJobs.id(1), answer, 5000);
            assertThat(sent.length).isLessThanOrEqualTo(5000);
            assertThat(new String(sent, StandardCharsets.UTF_8))
                    .contains("mayfly job result " + SampleJobs.id(1))
                    .contains("\"run_id\":\"" + SampleJobs.id(1) + "\"");
        }
    }

    @Test
    void the_newest_are_found_whatever_is_missing_between() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            long last = 1 + random.nextInt(5000);
            int keep = 1 + random.nextInt(50);
            List<Long> there = LongStream.rangeClosed(1, last)
                    .filter(_ -> random.nextInt(keep) == 0)
                    .boxed()
                    .toList();
            int most = 1 + random.nextInt(100);
            List<Long> expected = there.reversed().stream().limit(most).toList();
            List<Long> read = new ArrayList<>();
            assertThat(new Backwards(1, last).<Long>newest(most, (from, to) -> {
                        assertThat(read).doesNotContain(from, to);
                        read.add(from);
                        return there.stream()
                                .filter(each -> each >= from && each <= to)
                                .toList();
                    }))
                    .isEqualTo(expected);
        }
        assertThat(new Backwards(0, 0).newest(5, (_, _) -> List.of("none is read")))
                .isEmpty();
        assertThat(new Backwards(8, 7).newest(5, (_, _) -> List.of("none is read")))
                .isEmpty();
    }

    @Test
    void a_file_of_credentials_signs_with_its_seed() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
        Path file = Files.writeString(temp.resolve("user.creds"), """
                -----BEGIN NATS USER JWT-----
                eyJ0eXAi.body.signature
                ------END NATS USER JWT------

                ************************* IMPORTANT *************************
                -----BEGIN USER NKEY SEED-----
                %s
                ------END USER NKEY SEED------
                """.formatted(userSeed(seed)));
        CredentialsFile credentials = CredentialsFile.read(file);
        assertThat(new String(credentials.getJWT())).isEqualTo("eyJ0eXAi.body.signature");
        byte[] nonce = "a nonce of the server".getBytes(StandardCharsets.UTF_8);
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(pair.getPublic());
        check.update(nonce);
        assertThat(check.verify(credentials.sign(nonce))).isTrue();
    }

    /** Two bytes of what it is, the seed, and two bytes of a checksum that the program has no use for, in base 32. */
    private static String userSeed(byte[] seed) {
        byte[] bytes = new byte[36];
        bytes[0] = (byte) 0x95;
        System.arraycopy(seed, 0, bytes, 2, 32);
        StringBuilder out = new StringBuilder();
        int bits = 0;
        int have = 0;
        for (byte b : bytes) {
            bits = (bits << 8 | (b & 0xff)) & 0xffff;
            have += 8;
            while (have >= 5) {
                have -= 5;
                out.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(bits >> have & 31));
            }
        }
        return have > 0
                ? out.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(bits << (5 - have) & 31))
                        .toString()
                : out.toString();
    }

    @Test
    void a_file_of_credentials_that_is_none_is_refused_with_its_name() throws Exception {
        Path file = Files.writeString(temp.resolve("not.creds"), "hello");
        assertThatThrownBy(() -> CredentialsFile.read(file)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INPUT_UNREADABLE);
            assertThat(e.what()).contains("not.creds");
        });
        assertThatThrownBy(() -> CredentialsFile.read(temp.resolve("missing"))).isInstanceOf(MayflyException.class);
    }

    @Test
    void settings_say_what_does_not_fit() {
        NatsSettings plain = NatsSettings.at("nats://u:p@a:1,tls://token@b");
        assertThat(plain.shownUrl()).isEqualTo("nats://a:1,tls://b");
        assertThat(plain.ackWait()).isEqualTo(Duration.ofSeconds(30));
        for (String subject : List.of("", "a b", "run.>", "*", ".a", "a.", "a..b", "é")) {
            assertThatThrownBy(() -> new NatsSettings(
                            plain.url(),
                            subject,
                            plain.stream(),
                            plain.durable(),
                            1,
                            plain.ackWait(),
                            plain.duplicateWindow(),
                            plain.patience(),
                            Duration.ZERO,
                            plain.resultsKept(),
                            0,
                            plain.credentials(),
                            false))
                    .as(subject)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
