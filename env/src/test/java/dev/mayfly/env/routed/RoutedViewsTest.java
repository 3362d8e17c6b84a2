package dev.mayfly.env.routed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.env.erofs.TestPayloads;
import dev.mayfly.env.fuse.FuseSupport;
import dev.mayfly.env.fuse.jfuse.FuseLibrary;
import dev.mayfly.env.fuse.jfuse.JfuseServer;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.router.RouterCounts;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.testkit.KeptLog;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on the kernel of this machine, through the library that a Mac would use its own kind of. */
@Timeout(120)
class RoutedViewsTest {
    @TempDir
    Path folder;

    private final KeptLog log = new KeptLog();
    private final List<Shell> shells = new ArrayList<>();
    private Path root;
    private Path viewsPoint;
    private TestPayloads payloads;
    private Leaks leaks;

    @BeforeEach
    void needs() throws IOException {
        Needs.linux();
        Needs.root();
        if (FuseSupport.probe(folder) instanceof FuseSupport.Lacking lacking) {
            Needs.that(false, "fuse", lacking.why());
        }
        if (FuseLibrary.find() instanceof FuseLibrary.Unavailable lacking) {
            Needs.that(false, "libfuse3", lacking.why());
        }
        root = Files.createDirectory(folder.resolve("root"));
        viewsPoint = Files.createDirectory(folder.resolve("views"));
        payloads = new TestPayloads(Files.createDirectory(folder.resolve("payloads")), true);
        leaks = Leaks.snapshot(String.valueOf(folder.getFileName()));
    }

    @AfterEach
    void nothing_is_left() {
        shells.forEach(Shell::close);
        if (leaks != null) {
            leaks.assertUnchanged();
        }
    }

    private RoutedViews open(Processes processes) {
        JfuseServer server = new JfuseServer(FuseLibrary.find().orThrow(), log.log());
        return RoutedViews.open(
                new RoutedViews.Places(root, viewsPoint),
                server,
                processes,
                payloads::find,
                IdSource.random(),
                log.log());
    }

    private Shell shell() throws IOException {
        Shell shell = new Shell(folder);
        shells.add(shell);
        return shell;
    }

    private void file(ViewBuilder.Node at, String name, byte[] content) {
        at.file(RawName.of(name), FileMode.REGULAR | 0644, payloads.put(content), content.length);
    }

    private void text(ViewBuilder.Node at, String name, String content) {
        file(at, name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code who}, {@code bin/tool}, a file that others do not have, and a link. */
    private View view(String who) {
        ViewBuilder view = new ViewBuilder();
        text(view.root(), "who", who + "\n");
        ViewBuilder.Node bin = view.root().directory(RawName.of("bin"), FileMode.DIRECTORY | 0755);
        text(bin, "tool", "tool of " + who + "\n");
        text(view.root(), "only-" + who, "x\n");
        byte[] target = "bin/tool".getBytes(StandardCharsets.UTF_8);
        view.root().file(RawName.of("link"), FileMode.SYMLINK | 0777, payloads.put(target), target.length);
        return view.build();
    }

    @Test
    void each_process_tree_sees_its_own_view_through_one_place_and_strangers_see_nothing() throws Exception {
        try (RoutedViews routed = open(new LinuxProcesses())) {
            Shell a = shell();
            Shell b = shell();
            Shell stranger = shell();
            routed.show(view("a"), a.pid());
            routed.show(view("b"), b.pid());
            for (int i = 0; i < 50; i++) {
                // By a child, and by the shell itself.
                assertThat(a.run("cat root/who root/bin/tool root/link")).isEqualTo("a\ntool of a\ntool of a");
                assertThat(b.run("read line < root/who; echo $line; cat root/link"))
                        .isEqualTo("b\ntool of b");
                assertThat(a.run("ls root; test -e root/only-b && echo wrong")).isEqualTo("bin\nlink\nonly-a\nwho");
                assertThat(b.run("ls root; test -e root/only-a && echo wrong")).isEqualTo("bin\nlink\nonly-b\nwho");
            }
            assertThat(stranger.run("ls -a root; cat root/who"))
                    .startsWith(".\n..")
                    .contains("No such file");
            RouterCounts counts = routed.counts();
            assertThat(counts.lookups()).isPositive();
            assertThat(counts.hits() + counts.misses()).isEqualTo(counts.lookups());
            assertThat(counts.strangers()).isPositive();
        }
    }

    @Test
    void a_view_is_the_view_file_by_file_and_nothing_of_it_can_be_changed() throws Exception {
        byte[] large = new byte[3_000_017];
        new Random(3).nextBytes(large);
        ViewBuilder builder = new ViewBuilder();
        ViewBuilder.Node deep = builder.root();
        for (int i = 0; i < 20; i++) {
            deep = deep.directory(RawName.of("d" + i), FileMode.DIRECTORY | 0755);
        }
        text(deep, "leaf", "leaf\n");
        file(builder.root(), "large", large);
        file(builder.root(), "empty", new byte[0]);
        text(builder.root(), "grüße", "hallo\n");
        builder.root()
                .directory(RawName.of("bin"), FileMode.DIRECTORY | 0755)
                .file(RawName.of("run"), FileMode.REGULAR | 0755, payloads.put(script()), script().length);
        try (RoutedViews routed = open(new LinuxProcesses())) {
            Shell shell = shell();
            routed.show(builder.build(), shell.pid());
            assertThat(shell.run("sha256sum < root/large"))
                    .startsWith(java.util.HexFormat.of()
                            .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                                    .digest(large)));
            assertThat(shell.run("tail -c 17 root/large | wc -c; wc -c < root/empty; cat root/grüße"))
                    .isEqualTo("17\n0\nhallo");
            assertThat(shell.run("find -L root -name leaf -exec cat {} +")).isEqualTo("leaf");
            assertThat(shell.run("root/bin/run")).isEqualTo("it runs");
            assertThat(shell.run("echo x > root/large")).contains("Read-only file system");
            assertThat(shell.run("touch root/new root/bin/new; rm root/large; mkdir root/d0/x"))
                    .contains("Read-only file system");
            assertThat(shell.run("stat -L -c '%a %s %F' root/bin/run root/large"))
                    .isEqualTo("755 " + script().length + " regular file\n644 3000017 regular file");
        }
    }

    private static byte[] script() {
        return "#!/bin/sh\necho it runs\n".getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void an_orphan_keeps_its_view_and_the_view_ends_with_its_last_process() throws Exception {
        try (RoutedViews routed = open(new LinuxProcesses())) {
            Shell shell = shell();
            String name = routed.show(view("a"), shell.pid());
            // The child looks once while its parent lives.
            shell.run("mkfifo go.fifo end.fifo; (cat root/who > first; read go < go.fifo; cat root/who > seen;"
                    + " read go < end.fifo) > /dev/null 2>&1 &");
            waitFor(() -> Files.exists(folder.resolve("first")) && Files.size(folder.resolve("first")) > 0);
            shell.kill();
            waitFor(() -> {
                routed.sweep();
                return routed.members(name).size() == 1;
            });
            Files.writeString(folder.resolve("go.fifo"), "go\n");
            waitFor(() -> Files.exists(folder.resolve("seen")) && Files.size(folder.resolve("seen")) > 0);
            assertThat(Files.readString(folder.resolve("seen"))).isEqualTo("a\n");
            Files.writeString(folder.resolve("end.fifo"), "go\n");
            waitFor(() -> {
                routed.sweep();
                return routed.members(name).isEmpty();
            });
            assertThat(log.messages()).contains("the last process of a view has ended");
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void waitFor(Condition condition) throws Exception {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    @Test
    void a_process_that_got_the_number_of_another_sees_nothing_of_that_ones_view() throws Exception {
        AtomicLong later = new AtomicLong();
        LinuxProcesses real = new LinuxProcesses();
        Processes reused = new Processes() {
            @Override
            public long startTime(int pid) {
                long start = real.startTime(pid);
                return start == NOBODY ? NOBODY : start + later.get();
            }

            @Override
            public OptionalInt parent(int pid) {
                return real.parent(pid);
            }

            @Override
            public int processOf(int caller) {
                return real.processOf(caller);
            }
        };
        try (RoutedViews routed = open(reused)) {
            Shell shell = shell();
            String name = routed.show(view("a"), shell.pid());
            assertThat(shell.run("read line < root/who; echo $line")).isEqualTo("a");
            later.set(1); // the same number from now on is another process
            assertThat(shell.run("cat root/who; ls root"))
                    .contains("No such file")
                    .doesNotContain("only-a");
            routed.sweep();
            assertThat(routed.members(name)).isEmpty();
            routed.show(view("b"), shell.pid());
            assertThat(shell.run("cat root/who")).isEqualTo("b");
        }
    }

    @Test
    void a_thread_sees_the_view_of_its_process() throws Exception {
        try (RoutedViews routed = open(new LinuxProcesses())) {
            int self = Math.toIntExact(ProcessHandle.current().pid());
            routed.show(view("jvm"), self);
            List<String> seen = java.util.Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        seen.add(Files.readString(root.resolve("who")));
                    } catch (IOException e) {
                        seen.add(e.toString());
                    }
                }));
            }
            for (Thread each : threads) {
                each.join();
            }
            assertThat(seen).containsOnly("jvm\n").hasSize(4);
        }
    }

    @Test
    void a_content_that_is_not_here_is_an_error_and_no_process_is_told_of_as_unknown() throws Exception {
        ViewBuilder builder = new ViewBuilder();
        Digest gone = Digest.of(new byte[] {1, 2, 3});
        builder.root().file(RawName.of("gone"), FileMode.REGULAR | 0644, gone, 3);
        try (RoutedViews routed = open(new LinuxProcesses())) {
            Shell shell = shell();
            routed.show(builder.build(), shell.pid());
            assertThat(shell.run("cat root/gone")).contains("Input/output error");
            assertThat(log.text()).contains(gone.toString());
            Shell ended = shell();
            ended.kill();
            assertThatThrownBy(() -> routed.show(view("a"), ended.pid()))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROCESS_UNKNOWN));
        }
    }
}
