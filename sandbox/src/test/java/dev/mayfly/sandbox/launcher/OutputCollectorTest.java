package dev.mayfly.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputCollectorTest {
    /** Lists the given entries and gives one byte for every file. */
    private static final class Launcher implements OutputCollector.Exchange {
        private final Deque<LauncherMessage> answers = new ArrayDeque<>();

        void entry(String path, char kind) {
            answers.add(new LauncherMessage.Entry(path.getBytes(StandardCharsets.UTF_8), kind, 1, 0644));
        }

        @Override
        public void send(ByteBuffer frame) {
            if (answers.isEmpty()) {
                answers.add(new LauncherMessage.Data(new byte[] {1}, true));
            }
        }

        @Override
        public LauncherMessage receive() {
            return answers.remove();
        }
    }

    @Test
    void tens_of_thousands_of_long_names_become_two_numbers() throws Exception {
        Launcher launcher = new Launcher();
        String folder = ("n".repeat(250) + "/").repeat(15);
        int each = 10_000;
        for (int i = 0; i < each; i++) {
            launcher.entry(folder + "file" + (10 * each - 1 - i), 'f');
            launcher.entry(folder + "link" + i, 'l');
        }
        launcher.answers.add(new LauncherMessage.End(2L * each, false));
        OutputCollector.Collected collected = OutputCollector.collect(launcher, List.of("**"), 1 << 20);
        assertThat(collected.files()).hasSize(1000);
        assertThat(collected.files().getFirst().path()).isEqualTo(folder + "file" + 9 * each);
        assertThat(collected.dropped())
                .hasSize(202)
                .contains("/workspace: 9800 more that are not named here")
                .contains("/workspace: 9000 more files match than the 1000 that are brought back");
    }
}
