package dev.mayfly.env.repo.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.testkit.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two who move one pack at once: one takes it out of use, the other brings it back. */
@Timeout(60)
class MovingPacksTest {
    private static final byte[] CONTENT = "wanted".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private Path root;
    private Digest payload;

    @BeforeEach
    void one_pack() throws IOException {
        Needs.linux();
        root = folder.resolve("repository");
        FsRepository.init(root, Keeping.PACKS);
        try (FsRepository repository = FsRepository.open(root);
                Ingest ingest = repository.ingest()) {
            payload = ingest.payload(new ByteArrayInputStream(CONTENT)).digest();
            ingest.publish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"link a pack", "move a pack's index", "unlink a pack"})
    void who_brings_it_back_finds_it_whole_wherever_the_other_stands(String step) throws Exception {
        AtomicReference<Thread> other = new AtomicReference<>();
        try (FsRepository wanting = FsRepository.open(root)) {
            Steps steps = reached -> {
                if (reached.equals(step) && other.get() == null) {
                    other.set(Thread.ofPlatform().start(() -> keep(wanting)));
                    letGoOn(other.get());
                }
            };
            try (FsRepository collecting =
                    FsRepository.open(root, Opening.usual().with(steps))) {
                discard(collecting);
            }
            other.get().join();
            // It was found in use, or brought back; else the collector would have to bring it back.
            wanting.store().revive(Kind.PAYLOAD, payload);
            assertWhole(wanting);
        }
        try (FsRepository after = FsRepository.open(root)) {
            assertWhole(after);
        }
    }

    @Test
    void a_pack_goes_and_comes_as_often_as_one_likes() throws IOException {
        try (FsRepository repository = FsRepository.open(root)) {
            for (int i = 0; i < 5; i++) {
                discard(repository);
                assertThat(repository.store().revive(Kind.PAYLOAD, payload)).isTrue();
                assertWhole(repository);
            }
        }
    }

    private void discard(FsRepository repository) throws IOException {
        for (Pack pack : List.copyOf(repository.store().packs().packs())) {
            repository.store().discard(pack, repository.layout().trash().resolve("1"));
        }
    }

    private void keep(FsRepository repository) {
        try (Ingest ingest = repository.ingest()) {
            assertThat(ingest.keepsPayload(payload)).isTrue();
        }
    }

    /** Until it has ended, or waits for us or for a lock. */
    private static void letGoOn(Thread thread) {
        for (int quiet = 0; thread.isAlive() && quiet < 200; ) {
            Thread.State now = thread.getState();
            quiet = now == Thread.State.RUNNABLE ? quiet + 1 : quiet + 10;
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void assertWhole(FsRepository repository) throws IOException {
        try (InputStream content =
                repository.payloads().find(payload).orElseThrow().open()) {
            assertThat(content.readAllBytes()).isEqualTo(CONTENT);
        }
    }
}
