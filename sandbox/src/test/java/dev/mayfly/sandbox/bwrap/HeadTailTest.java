package dev.mayfly.sandbox.bwrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.box.Captured;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class HeadTailTest {
    @Property
    void keeps_the_first_and_the_last_bytes_whatever_the_pieces(
            @ForAll @Size(max = 400) byte[] bytes,
            @ForAll @IntRange(max = 200) int kept,
            @ForAll @IntRange(min = 1, max = 50) int piece) {
        HeadTail stream = new HeadTail(kept);
        stream.drain(new InPieces(bytes, piece));
        Captured captured = stream.captured();
        int head = Math.min(bytes.length, kept - kept / 4);
        int tail = Math.min(bytes.length - head, kept / 4);
        assertThat(captured.total()).isEqualTo(bytes.length);
        assertThat(captured.head()).isEqualTo(Arrays.copyOf(bytes, head));
        assertThat(captured.tail()).isEqualTo(Arrays.copyOfRange(bytes, bytes.length - tail, bytes.length));
        assertThat(captured.truncated()).isEqualTo(bytes.length > kept);
    }

    private static final class InPieces extends InputStream {
        private final ByteArrayInputStream in;
        private final int piece;

        InPieces(byte[] bytes, int piece) {
            this.in = new ByteArrayInputStream(bytes);
            this.piece = piece;
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return in.read(target, offset, Math.min(piece, length));
        }
    }
}
