package dev.mayfly.env.lazy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Level;
import dev.mayfly.env.erofs.ErofsMounts;
import dev.mayfly.env.erofs.ErofsNeeds;
import dev.mayfly.env.erofs.TestPayloads;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.fuse.DeviceMounts;
import dev.mayfly.env.fuse.DirectMount;
import dev.mayfly.env.fuse.FuseServer;
import dev.mayfly.env.fuse.FuseSupport;
import dev.mayfly.env.fuse.MountOptions;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.testkit.KeptLog;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An EROFS image over a pack that is still arriving, on the kernel of this machine. */
@Timeout(120)
class LazyMountTest {
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(2), Duration.ofSeconds(6), Duration.ofMillis(50), Duration.ofSeconds(1));

    @TempDir
    Path folder;

    private final Random random = new Random(11);
    private final KeptLog log = new KeptLog();
    private final Afar afar = new Afar();
    private final ViewBuilder builder = new ViewBuilder();
    private final Map<String, byte[]> files = new TreeMap<>();
    private Leaks leaks;
    private TestPayloads here;
    private ErofsMounts mounts;

    @BeforeEach
    void needs() throws IOException {
        ErofsNeeds.check(folder);
        if (FuseSupport.probe(folder) instanceof FuseSupport.Lacking lacking) {
            Needs.that(false, "fuse", lacking.why());
        }
        leaks = Leaks.snapshot(String.valueOf(folder.getFileName()));
        here = new TestPayloads(Files.createDirectory(folder.resolve("here")), true);
        mounts = new ErofsMounts(folder.resolve("erofs"));
    }

    @AfterEach
    void nothing_is_left() {
        if (mounts != null) {
            mounts.unmountUnused();
            leaks.assertUnchanged();
        }
    }

    private byte[] bytes(int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        return content;
    }

    private Digest far(String name, byte[] content) {
        Digest digest = afar.put(content);
        builder.root().file(RawName.of(name), FileMode.REGULAR | 0644, digest, content.length);
        files.put(name, content);
        return digest;
    }

    private void near(String name, byte[] content) {
        builder.root().file(RawName.of(name), FileMode.REGULAR | 0644, here.put(content), content.length);
        files.put(name, content);
    }

    /** Shows what was built, and takes it down again. */
    private final class Shown implements AutoCloseable {
        private final View view = builder.build();
        private final LazyPlan plan = LazyPlan.of(LazyContents.lacking(view, here));
        private final Path state = folder.resolve("state");
        private final Path device = folder.resolve("device");
        private final DirectMount fuse;
        private final ViewMount erofs;
        private Feed feed;
        private FuseServer server;

        Shown() throws IOException {
            Files.createDirectories(state);
            Files.createDirectories(device);
            fuse = DirectMount.at(device, MountOptions.named("test"), 2);
            serve(0);
            LazyContents contents = new LazyContents(here, afar, plan, device.resolve(DeviceMounts.NAME));
            erofs = mounts.mounted(view, contents);
        }

        private void serve(int before) {
            feed = new Feed(plan, state, afar::find, SHORT, log.log());
            server = FuseServer.feed(feed, fuse.devices(), before, log.log());
        }

        void stop() {
            feed.close();
            server.close();
        }

        byte[] read(String name) throws IOException {
            return Files.readAllBytes(erofs.path().resolve(name));
        }

        void assertRefused(String name, Digest digest) {
            assertThatThrownBy(() -> read(name)).isInstanceOf(IOException.class);
            assertThat(log.entries())
                    .as(log.text())
                    .anyMatch(entry ->
                            entry.level() == Level.ERROR && entry.toString().contains(digest.toString()));
        }

        @Override
        public void close() {
            erofs.close();
            mounts.unmountUnused();
            stop();
            fuse.close();
        }
    }

    @Test
    void what_lies_elsewhere_is_there_file_by_file_beside_what_is_here() throws IOException {
        for (int i = 0; i < 60; i++) {
            byte[] content = bytes(1 + random.nextInt(30_000));
            if (i % 3 == 0) {
                near("near" + i, content);
            } else {
                far("far" + i, content);
            }
        }
        far("large", bytes(5_000_123));
        far("block", bytes(4096));
        far("same", files.get("large"));
        byte[] target = "large".getBytes(StandardCharsets.UTF_8);
        builder.root().file(RawName.of("link"), FileMode.SYMLINK | 0777, afar.put(target), target.length);
        builder.root().file(RawName.of("empty"), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
        near("nothing", new byte[0]);
        afar.put(new byte[0]);
        try (Shown shown = new Shown()) {
            assertThat(Files.readSymbolicLink(shown.erofs.path().resolve("link")))
                    .isEqualTo(Path.of("large"));
            assertThat(shown.feed.arrived()).isZero();
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                assertThat(shown.read(each.getKey())).as(each.getKey()).isEqualTo(each.getValue());
            }
            assertThat(afar.opened()).doesNotHaveDuplicates();
            assertThat(shown.feed.arrived()).isEqualTo(shown.plan.parts().size());
        }
    }

    @Test
    void a_reader_gets_what_it_asks_for_and_nothing_else_is_fetched() throws IOException {
        for (int i = 0; i < 40; i++) {
            far("f" + i, bytes(5000));
        }
        try (Shown shown = new Shown()) {
            assertThat(shown.read("f20")).isEqualTo(files.get("f20"));
            assertThat(shown.feed.arrived()).isEqualTo(1);
        }
    }

    @Test
    void wrong_bytes_are_an_error_that_names_the_digest_and_are_never_served_and_can_be_healed() throws Exception {
        byte[] content = bytes(300_000);
        Digest digest = far("file", content);
        byte[] wrong = content.clone();
        wrong[299_999] ^= 1;
        afar.replace(digest, wrong);
        Digest shorter = far("shorter", bytes(9000));
        byte[] cut = java.util.Arrays.copyOf(afar.content(shorter), 5000);
        byte[] whole = afar.content(shorter);
        afar.replace(shorter, cut);
        far("other", bytes(10_000));
        try (Shown shown = new Shown();
                RandomAccessFile beginning =
                        new RandomAccessFile(shown.erofs.path().resolve("file").toFile(), "r")) {
            assertThatThrownBy(() -> beginning.read(new byte[100])).isInstanceOf(IOException.class);
            shown.assertRefused("file", digest);
            shown.assertRefused("shorter", shorter);
            assertThat(shown.read("other")).isEqualTo(files.get("other"));
            afar.replace(digest, content);
            afar.replace(shorter, whole);
            Thread.sleep(SHORT.remembered());
            assertThat(shown.read("file")).isEqualTo(content);
            assertThat(shown.read("shorter")).isEqualTo(whole);
        }
    }

    @Test
    void when_the_remote_is_gone_a_reader_waits_for_a_bounded_time_and_what_is_there_is_read() throws Exception {
        Digest gone = far("gone", bytes(10_000));
        Digest never = far("never", bytes(10_000));
        far("fetched", bytes(10_000));
        near("near", bytes(10_000));
        afar.remove(never);
        try (Shown shown = new Shown()) {
            assertThat(shown.read("fetched")).isEqualTo(files.get("fetched"));
            afar.gone(new MayflyException(ErrorCode.REMOTE_UNREACHABLE, "gone", "the test says so", "wait"));
            long before = System.nanoTime();
            List<CompletableFuture<Boolean>> readers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                readers.add(CompletableFuture.supplyAsync(() -> {
                    shown.assertRefused("gone", gone);
                    return true;
                }));
            }
            assertThat(shown.read("near")).isEqualTo(files.get("near"));
            assertThat(shown.read("fetched")).isEqualTo(files.get("fetched"));
            for (CompletableFuture<Boolean> each : readers) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT.still(), Duration.ofSeconds(25));
            afar.back();
            Thread.sleep(SHORT.remembered());
            assertThat(shown.read("gone")).isEqualTo(files.get("gone"));
            shown.assertRefused("never", never);
        }
    }

    @Test
    void content_that_stands_still_on_its_way_is_an_error_in_bounded_time() throws Exception {
        Digest stuck = far("stuck", bytes(1_000_000));
        afar.way(Afar.slowly(100, 100_000));
        try (Shown shown = new Shown()) {
            shown.assertRefused("stuck", stuck);
            afar.way(stream -> stream);
        }
    }

    @Test
    void a_server_that_comes_after_another_keeps_what_arrived_and_believes_nothing_unseen() throws Exception {
        Digest kept = far("kept", bytes(20_000));
        Digest damaged = far("damaged", bytes(20_000));
        try (Shown shown = new Shown()) {
            shown.read("kept");
            assertThat(shown.read("damaged")).isEqualTo(files.get("damaged"));
            shown.stop();
            long at = shown.plan.part(damaged).orElseThrow().offset();
            try (RandomAccessFile spool =
                    new RandomAccessFile(shown.state.resolve("spool").toFile(), "rw")) {
                spool.seek(at + 7);
                spool.write(spool.read() ^ 1);
            }
            shown.serve(1);
            shown.feed.demand(at, 1).get(20, TimeUnit.SECONDS);
            shown.feed.demand(shown.plan.part(kept).orElseThrow().offset(), 1).get(20, TimeUnit.SECONDS);
            assertThat(afar.opened()).filteredOn(kept::equals).hasSize(1);
            assertThat(afar.opened()).filteredOn(damaged::equals).hasSize(2);
            assertThat(shown.read("damaged")).isEqualTo(files.get("damaged"));
        }
    }

    @Test
    void what_somebody_waits_for_comes_before_what_is_copied_for_later() throws Exception {
        Digest large = far("large", bytes(20_000_000));
        far("small", bytes(1000));
        afar.way(Afar.slowly(1 << 17, 20));
        try (Shown shown = new Shown()) {
            CompletableFuture<Void> later = CompletableFuture.runAsync(() -> {
                try {
                    shown.feed.open(shown.plan.part(large).orElseThrow()).close();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (afar.opened().isEmpty()) {
                Thread.sleep(5);
            }
            long before = System.nanoTime();
            assertThat(shown.read("small")).isEqualTo(files.get("small"));
            assertThat(later.isDone()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
            later.get(60, TimeUnit.SECONDS);
            assertThat(shown.read("large")).isEqualTo(files.get("large"));
        }
    }
}
