package dev.mayfly.env.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.fs.Opening;
import dev.mayfly.env.repo.remote.RemoteOptions;
import dev.mayfly.env.repo.remote.RemoteRepository;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clocks that are set, and machines that never answer. */
class ClockAndSilenceTest {
    private static final TagName NAME = TagName.parse("tools/compiler");

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void tags_have_the_order_of_their_pushes_whatever_the_clock_says(Keeping keeping) {
        Needs.linux();
        Path root = folder.resolve("repository");
        FsRepository.init(root, keeping);
        List<Tag> pushed = new ArrayList<>();
        for (int days : new int[] {0, 400, -4000, 0, -1}) {
            Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofDays(days));
            try (FsRepository repository =
                    FsRepository.open(root, Opening.usual().with(clock))) {
                Digest target = Digest.of(new byte[] {(byte) pushed.size()});
                pushed.add(repository.tags().push(NAME, target, "somebody@somewhere"));
            }
        }
        try (FsRepository repository = FsRepository.open(root)) {
            assertThat(repository.tags().history(NAME)).isEqualTo(pushed.reversed());
            assertThat(repository.tags().find(NAME)).contains(pushed.getLast());
            assertThat(repository.tags().find(NAME, 2)).contains(pushed.get(2));
        }
    }

    @Test
    @Timeout(60)
    void who_asks_a_machine_that_takes_the_connection_and_never_answers_is_told_in_time() throws IOException {
        RemoteOptions usual = RemoteOptions.USUAL;
        RemoteOptions impatient = new RemoteOptions(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                usual.objectBytes(),
                usual.resumptions(),
                Optional.empty(),
                usual.tls());
        // The backlog takes the connection; nobody ever reads from it.
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> RemoteRepository.connect("127.0.0.1", silent.getLocalPort(), impatient))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REMOTE_UNREACHABLE));
        }
    }
}
