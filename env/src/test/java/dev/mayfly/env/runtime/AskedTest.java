package dev.mayfly.env.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AskedTest {
    private static final String WHOLE = "protocol\0"
            + "1\0verb\0run\0spec\0tools/base+lib\0edit\0yes\0name\0work\0cwd\0/tmp\0" + "uid\0" + "4294967294\0gid\0"
            + "7\0group\0" + "1\0group\0" + "2\0arg\0make\0arg\0\0env\0A=b=c\0env\0A=d\0env\0B=\0";

    private static Optional<Asked> read(byte[] body) throws IOException {
        byte[] framed = ByteBuffer.allocate(4 + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(body.length)
                .put(body)
                .array();
        return Asked.read(new ByteArrayInputStream(framed));
    }

    private static Optional<Asked> read(String body) throws IOException {
        return read(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void what_the_entrance_sends_is_read_whole() throws IOException {
        assertThat(read(WHOLE))
                .contains(new Asked(
                        "1",
                        "run",
                        "tools/base+lib",
                        Map.of("--edit", "true", "--name", "work"),
                        List.of("make", ""),
                        Map.of("A", "b=c", "B", ""),
                        Path.of("/tmp"),
                        new Identity(-2, 7, List.of(1, 2))));
    }

    @Test
    void what_is_not_of_that_form_is_not_answered() throws IOException {
        assertThat(read(WHOLE.replace("verb\0run\0", ""))).isEmpty();
        assertThat(read(WHOLE.replace("uid\0" + "4294967294", "uid\0-x"))).isEmpty();
        assertThat(read(WHOLE + "odd\0")).isEmpty();
        assertThat(read(WHOLE + "env\0nameless\0")).isEmpty();
        assertThat(read(WHOLE.substring(0, WHOLE.length() - 1))).isEmpty();
        assertThat(read("")).isEmpty();
        byte[] latin = WHOLE.getBytes(StandardCharsets.ISO_8859_1);
        latin[latin.length - 2] = (byte) 0xe4;
        assertThat(read(latin))
                .as("names that are not UTF-8 go another way, which keeps their bytes")
                .isEmpty();
        assertThat(Asked.read(new ByteArrayInputStream(new byte[] {-1, -1, -1, -1})))
                .isEmpty();
        assertThatThrownBy(() -> Asked.read(new ByteArrayInputStream(new byte[] {9, 0, 0, 0, 1})))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void random_changes_never_do_more_than_to_be_refused() throws IOException {
        Random random = new Random(7);
        byte[] whole = WHOLE.getBytes(StandardCharsets.UTF_8);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = whole.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            read += read(changed).isPresent() ? 1 : 0;
        }
        assertThat(read).isBetween(1, 19_999);
    }
}
