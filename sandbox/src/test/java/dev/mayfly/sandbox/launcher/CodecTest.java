package dev.mayfly.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.sandbox.box.Boxes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CodecTest {
    private record Field(int tag, byte[] value) {}

    @Provide
    Arbitrary<List<Field>> fields() {
        Arbitrary<byte[]> value = Arbitraries.bytes().array(byte[].class).ofMaxSize(3000);
        return Combinators.combine(Arbitraries.integers().between(0, 65535), value)
                .as(Field::new)
                .list()
                .ofMaxSize(30);
    }

    private static ByteBuffer payload(ByteBuffer frame) {
        return frame.slice(Wire.HEADER, frame.limit() - Wire.HEADER);
    }

    @Property(tries = 200)
    void what_is_written_is_what_is_read(@ForAll("fields") List<Field> fields) throws Exception {
        FrameWriter writer = new FrameWriter(Wire.RUN);
        fields.forEach(field -> writer.bytes(field.tag(), field.value()));
        ByteBuffer frame = writer.finish().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(frame.getInt(0)).isEqualTo(frame.limit() - Wire.HEADER);
        assertThat(frame.getShort(4)).isEqualTo((short) Wire.RUN);
        FieldReader reader = new FieldReader(payload(frame));
        List<Field> read = new ArrayList<>();
        while (reader.next()) {
            read.add(new Field(reader.tag(), reader.bytes()));
        }
        assertThat(read).usingRecursiveComparison().isEqualTo(fields);
    }

    @Property(tries = 3000)
    void random_bytes_are_a_message_or_a_protocol_error(
            @ForAll @IntRange(min = 95, max = 112) int type, @ForAll @Size(max = 300) byte[] bytes) {
        decode(type, ByteBuffer.wrap(bytes));
    }

    @Property(tries = 3000)
    void well_framed_nonsense_is_a_message_or_a_protocol_error(
            @ForAll @IntRange(min = 101, max = 109) int type,
            @ForAll("smallFields") List<Field> fields,
            @ForAll @IntRange(min = 0, max = 40) int cut) {
        FrameWriter writer = new FrameWriter(type);
        fields.forEach(field -> writer.bytes(field.tag(), field.value()));
        ByteBuffer payload = payload(writer.finish());
        decode(type, payload.limit(Math.max(0, payload.limit() - cut)));
    }

    @Provide
    Arbitrary<List<Field>> smallFields() {
        Arbitrary<byte[]> value = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofSize(8),
                Arbitraries.bytes().array(byte[].class).ofSize(40),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(9));
        return Combinators.combine(Arbitraries.integers().between(0, 18), value)
                .as(Field::new)
                .list()
                .ofMaxSize(20);
    }

    private static void decode(int type, ByteBuffer payload) {
        try {
            assertThat(MessageDecoder.decode(type, payload)).isNotNull();
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Test
    void a_field_that_claims_more_than_the_frame_holds_is_refused() {
        ByteBuffer payload = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        payload.putShort((short) 1)
                .putShort((short) 0)
                .putInt(0x7fff_ffff)
                .putLong(1)
                .flip();
        assertThatThrownBy(() -> MessageDecoder.decode(Wire.STARTED, payload))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("longer than its frame");
    }

    @Test
    void a_status_that_no_process_has_is_refused() {
        ByteBuffer frame = new FrameWriter(Wire.EXITED)
                .number(Wire.Exited.STATUS_KIND, 2)
                .number(Wire.Exited.STATUS_CODE, 0)
                .finish();
        assertThatThrownBy(() -> MessageDecoder.decode(Wire.EXITED, payload(frame)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void more_output_kept_than_written_is_refused() {
        ByteBuffer frame = new FrameWriter(Wire.EXITED)
                .number(Wire.Exited.STATUS_KIND, 0)
                .number(Wire.Exited.OUT_TOTAL, 2)
                .bytes(Wire.Exited.OUT_HEAD, new byte[3])
                .finish();
        assertThatThrownBy(() -> MessageDecoder.decode(Wire.EXITED, payload(frame)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("keeps more");
    }

    @Test
    void a_newer_launcher_may_say_more() throws Exception {
        ByteBuffer frame = new FrameWriter(Wire.RESET_DONE)
                .number(1, 42)
                .bytes(99, new byte[3])
                .finish();
        assertThat(MessageDecoder.decode(Wire.RESET_DONE, payload(frame))).isEqualTo(new LauncherMessage.ResetDone(42));
    }

    @Test
    void a_text_with_a_nul_inside_cannot_shift_the_others() {
        assertThatThrownBy(() -> new FrameWriter(Wire.RUN).texts(Wire.Run.ENV, "A=b\0c"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_frame_beyond_the_limit_is_not_built() {
        FrameWriter writer = new FrameWriter(Wire.RUN).bytes(Wire.Run.STDIN, new byte[40 << 20]);
        assertThatThrownBy(() -> writer.bytes(Wire.Run.STDIN, new byte[24 << 20]))
                .isInstanceOf(FrameWriter.TooLarge.class);
    }

    @Test
    void a_run_says_everything_the_launcher_needs() throws Exception {
        ByteBuffer frame = RunFrame.of(
                Boxes.sh("true")
                        .env("B", "2")
                        .stdin("in")
                        .file("x", "#!/bin/sh\n")
                        .spec(),
                new byte[] {1, 2, 3, 4, 5, 6, 7, 8},
                new RunFrame.Missing(true, true));
        FieldReader reader = new FieldReader(payload(frame));
        List<Integer> tags = new ArrayList<>();
        List<Integer> resources = new ArrayList<>();
        while (reader.next()) {
            tags.add(reader.tag());
            if (reader.tag() == Wire.Run.RLIMIT) {
                resources.add(reader.value().getInt(0));
            } else if (reader.tag() == Wire.Run.FILE) {
                assertThat(reader.value().getInt(0)).isEqualTo(0755);
                assertThat(new String(reader.bytes(), StandardCharsets.UTF_8)).endsWith("x#!/bin/sh\n");
            }
        }
        assertThat(tags).contains(1, 2, 3, 4, 5, 7, 8, 10, 11, 12, 13, 14, 15);
        // cpu, fsize, core, nofile always; address space and processes only because no control group limits them
        assertThat(resources).containsExactlyInAnyOrder(0, 1, 4, 7, 9, 6);
    }
}
