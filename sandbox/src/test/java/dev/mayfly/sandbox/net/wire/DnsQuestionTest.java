package dev.mayfly.sandbox.net.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DnsQuestionTest {
    @Test
    void a_plain_question_is_read_and_its_spelling_kept_for_the_answer() throws Exception {
        byte[] asked = message(0x0100, 1, 0, name("GoOd", "Example"), 1, 1);
        DnsQuestion question = DnsQuestion.parse(asked).orElseThrow();
        assertThat(question.name()).isEqualTo(new TargetHost.Name("good.example"));
        assertThat(question.type()).isEqualTo(DnsQuestion.TYPE_A);
        byte[] answer = DnsAnswer.address(question, (Inet4Address) InetAddress.getByName("198.18.0.7"));
        assertThat(Arrays.copyOf(answer, 2)).isEqualTo(Arrays.copyOf(asked, 2));
        assertThat(Arrays.copyOfRange(answer, 12, asked.length)).isEqualTo(Arrays.copyOfRange(asked, 12, asked.length));
        assertThat(answer[2] & 0x80).as("is an answer").isEqualTo(0x80);
        assertThat(answer[7]).as("one record").isEqualTo((byte) 1);
        assertThat(Arrays.copyOfRange(answer, answer.length - 4, answer.length)).containsExactly(198, 18, 0, 7);
    }

    @Test
    void an_edns_record_is_accepted_and_answered_with_one() {
        byte[] question = message(0x0120, 1, 1, name("good", "example"), 28, 1);
        byte[] options = {0, 0, 41, 4, (byte) 0xd0, 0, 0, 0, 0, 0, 0};
        DnsQuestion parsed = DnsQuestion.parse(concat(question, options)).orElseThrow();
        assertThat(parsed.edns()).isTrue();
        byte[] answer = DnsAnswer.noData(parsed);
        assertThat(answer[11]).isEqualTo((byte) 1);
        assertThat(answer).hasSize(question.length + options.length);
    }

    @Test
    void whatever_is_not_exactly_one_plain_question_is_not_answered() {
        byte[] good = message(0x0100, 1, 0, name("good", "example"), 1, 1);
        assertThat(DnsQuestion.parse(good)).isPresent();
        assertThat(DnsQuestion.parse(message(0x8100, 1, 0, name("a"), 1, 1)))
                .as("a response")
                .isEmpty();
        assertThat(DnsQuestion.parse(message(0x2900, 1, 0, name("a"), 1, 1)))
                .as("an update")
                .isEmpty();
        assertThat(DnsQuestion.parse(message(0x0100, 2, 0, name("a"), 1, 1)))
                .as("two questions")
                .isEmpty();
        assertThat(DnsQuestion.parse(message(0x0100, 0, 0, new byte[0], 1, 1)))
                .as("none")
                .isEmpty();
        assertThat(DnsQuestion.parse(message(0x0100, 1, 0, name("a"), 1, 3)))
                .as("class CHAOS")
                .isEmpty();
        assertThat(DnsQuestion.parse(concat(good, new byte[] {0})))
                .as("trailing byte")
                .isEmpty();
        assertThat(DnsQuestion.parse(Arrays.copyOf(good, good.length - 1)))
                .as("cut")
                .isEmpty();
        assertThat(DnsQuestion.parse(message(0x0100, 1, 1, name("a"), 1, 1)))
                .as("announced record missing")
                .isEmpty();
        byte[] pointer = {(byte) 0xc0, 12};
        assertThat(DnsQuestion.parse(message(0x0100, 1, 0, pointer, 1, 1)))
                .as("compression loop")
                .isEmpty();
        byte[] longName = new byte[0];
        for (int i = 0; i < 5; i++) {
            longName = concat(longName, Arrays.copyOf(name("x".repeat(63)), 64));
        }
        assertThat(DnsQuestion.parse(message(0x0100, 1, 0, concat(longName, new byte[1]), 1, 1)))
                .as("name over 255 bytes")
                .isEmpty();
        assertThat(DnsQuestion.parse(new byte[600])).isEmpty();
    }

    @Test
    void labels_that_no_host_has_make_the_name_malformed_and_nothing_else() {
        for (String label : new String[] {"good\0evil", "good.example", "a b", "a:b", "127.0.0.1", "ü", "-a", "a/b"}) {
            DnsQuestion question =
                    DnsQuestion.parse(message(0x0100, 1, 0, name(label), 1, 1)).orElseThrow();
            assertThat(question.name()).as(label).isInstanceOf(TargetHost.Malformed.class);
        }
        DnsQuestion address = DnsQuestion.parse(message(0x0100, 1, 0, name("127", "0", "0", "1"), 1, 1))
                .orElseThrow();
        assertThat(address.name()).isInstanceOf(TargetHost.Address.class);
    }

    @Property(tries = 3000)
    void no_bytes_make_the_reader_fail(@ForAll @Size(max = 520) byte[] bytes) {
        assertThat(DnsQuestion.parse(bytes)).isNotNull();
    }

    @Property(tries = 3000)
    void no_single_change_of_a_good_question_makes_the_reader_or_its_answers_fail(
            @ForAll @IntRange(max = 29) int at, @ForAll byte value) {
        byte[] bytes = message(0x0100, 1, 0, name("good", "example"), 1, 1);
        bytes[at % bytes.length] = value;
        DnsQuestion.parse(bytes).ifPresent(question -> {
            byte[] answer = DnsAnswer.noSuchName(question);
            assertThat(answer[0]).isEqualTo(bytes[0]);
            assertThat(answer[3] & 0xf).isEqualTo(3);
        });
    }

    static byte[] name(String... labels) {
        ByteBuffer out = ByteBuffer.allocate(512);
        for (String label : labels) {
            out.put((byte) label.length()).put(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.put((byte) 0);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] message(int flags, int questions, int additional, byte[] name, int type, int dnsClass) {
        return ByteBuffer.allocate(12 + name.length + 4)
                .putShort((short) 0x5a17)
                .putShort((short) flags)
                .putShort((short) questions)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) additional)
                .put(name)
                .putShort((short) type)
                .putShort((short) dnsClass)
                .array();
    }

    private static byte[] concat(byte[] one, byte[] two) {
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }
}
