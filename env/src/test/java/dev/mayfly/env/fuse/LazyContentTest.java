package dev.mayfly.env.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.log.Level;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.testkit.KeptLog;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LazyContentTest {
    private static final int LARGE = 3 * ChunkDigests.CHUNK + 17;

    @TempDir
    Path dir;

    private SomeFiles files;
    private Path point;
    private Leaks leaks;
    private final KeptLog log = new KeptLog();
    private final Random random = new Random(8);

    @BeforeEach
    void prepare() throws IOException {
        MountedViewTest.needFuse(dir);
        files = new SomeFiles(Files.createDirectory(dir.resolve("store")));
        point = Files.createDirectory(dir.resolve("view"));
        leaks = Leaks.snapshot(dir.toString());
    }

    @AfterEach
    void nothing_is_left() {
        leaks.assertUnchanged();
    }

    private byte[] bytes(int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        return content;
    }

    private Digest file(String name, byte[] content) {
        return files.file(files.root(), RawName.of(name), FileMode.REGULAR | 0644, content);
    }

    private Shown show(FuseOptions options) {
        return Shown.at(point, files, options, log.log());
    }

    private FuseOptions plain() {
        return FuseOptions.plain(dir.resolve("spool"));
    }

    private void damage(Digest digest, long at) throws IOException {
        try (FileChannel file = FileChannel.open(files.file(digest), StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.wrap(new byte[] {(byte) random.nextInt(1, 256)}), at);
        }
    }

    private void assertRefused(Digest digest, String name) {
        assertThatThrownBy(() -> Files.readAllBytes(point.resolve(name))).isInstanceOf(IOException.class);
        assertThat(log.entries())
                .anyMatch(entry ->
                        entry.level() == Level.ERROR && entry.toString().contains(digest.toString()));
    }

    @Test
    void what_lies_elsewhere_is_fetched_once_and_removed_afterwards() throws Exception {
        byte[] content = bytes(LARGE);
        Digest digest = file("far", content);
        Files.delete(files.file(digest));
        files.payloads().put(digest, new SomeFiles.Elsewhere(content, 0));
        try (Shown shown = show(plain())) {
            assertThat(Files.readAllBytes(point.resolve("far"))).isEqualTo(content);
            files.payloads().remove(digest);
            assertThat(Files.readAllBytes(point.resolve("far"))).isEqualTo(content);
        }
        try (Stream<Path> spooled = Files.list(dir.resolve("spool"))) {
            assertThat(spooled).isEmpty();
        }
    }

    @Test
    void who_waits_for_content_keeps_nobody_else_waiting() throws Exception {
        byte[] content = bytes(1000);
        for (int i = 0; i < 4; i++) {
            byte[] far = bytes(1000);
            files.payloads().put(file("far" + i, far), new SomeFiles.Elsewhere(far, 1500));
        }
        file("near", content);
        try (Shown shown = show(plain())) {
            CompletableFuture<?>[] slow = new CompletableFuture<?>[4];
            for (int i = 0; i < slow.length; i++) {
                Path far = point.resolve("far" + i);
                slow[i] = CompletableFuture.runAsync(() -> {
                    try {
                        assertThat(Files.readAllBytes(far)).hasSize(1000);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
            }
            Thread.sleep(200);
            long before = System.nanoTime();
            assertThat(Files.readAllBytes(point.resolve("near"))).isEqualTo(content);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(1000));
            assertThat(CompletableFuture.allOf(slow).isDone()).isFalse();
            CompletableFuture.allOf(slow).get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void wrong_bytes_from_elsewhere_are_an_error_and_can_be_healed() throws Exception {
        byte[] content = bytes(5000);
        Digest digest = file("far", content);
        files.payloads().put(digest, new SomeFiles.Elsewhere(bytes(5000), 0));
        try (Shown shown = show(plain())) {
            assertRefused(digest, "far");
            files.payloads().put(digest, new SomeFiles.Elsewhere(content, 0));
            assertThat(Files.readAllBytes(point.resolve("far"))).isEqualTo(content);
        }
    }

    @Test
    void a_flipped_bit_on_disk_never_reaches_a_reader_who_wants_it_verified() throws Exception {
        for (int length : new int[] {1, 4096, ChunkDigests.CHUNK, LARGE}) {
            Digest digest = file("f" + length, bytes(length));
            damage(digest, random.nextInt(length));
        }
        byte[] whole = bytes(LARGE);
        file("whole", whole);
        try (Shown shown = show(plain().verify())) {
            for (int length : new int[] {1, 4096, ChunkDigests.CHUNK, LARGE}) {
                String name = "f" + length;
                assertRefused(files.view().object(files.view().find(name).orElseThrow()), name);
            }
            assertThat(Files.readAllBytes(point.resolve("whole"))).isEqualTo(whole);
        }
    }

    @Test
    void a_large_file_that_goes_bad_after_it_was_verified_is_noticed() throws Exception {
        byte[] content = bytes(8 * ChunkDigests.CHUNK);
        Digest digest = file("large", content);
        try (Shown shown = show(plain().verify());
                InputStream in = Files.newInputStream(point.resolve("large"))) {
            assertThat(in.readNBytes(4096)).isEqualTo(java.util.Arrays.copyOf(content, 4096));
            damage(digest, content.length - 5L);
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void content_that_is_gone_or_too_short_is_an_error_and_never_zeros() throws Exception {
        Digest gone = file("gone", bytes(100));
        files.payloads().remove(gone);
        Digest cut = file("cut", bytes(9000));
        try (FileChannel file = FileChannel.open(files.file(cut), StandardOpenOption.WRITE)) {
            file.truncate(5000);
        }
        try (Shown shown = show(plain())) {
            assertRefused(gone, "gone");
            assertRefused(cut, "cut");
        }
    }
}
