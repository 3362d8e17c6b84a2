package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Environments that a server of ours shows through FUSE, beside the other front ends. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class EnvFuseIT {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    /** Everything that can be seen of files, except times and owners, which each front end has of its own. */
    private static final String LOOK =
            "find . -printf '%P %y %m %s %l\\n' | sed 's/^\\(.* d [0-7]*\\) [0-9]* $/\\1/' | sort;"
                    + " find . -type f -print0 | sort -z | xargs -0 sha256sum";

    /** Each line is a way to change something; what is not refused as it should be is printed. */
    private static final String CHANGES = """
            try() { err=$("$@" 2>&1 >/dev/null) && echo "done: $*"; case $err in *'Read-only file system'*) ;; *) echo "$* $err";; esac; }
            try touch bin/new
            try sh -c 'echo x >> bin/greeting'
            try sh -c ': > bin/greeting'
            try rm bin/greeting
            try mkdir dir
            try rmdir deep/er
            try mv bin/greeting bin/other
            try ln bin/greeting bin/hard
            try ln -s greeting bin/soft
            try chmod 777 bin/greeting
            try chown 1:1 bin/greeting
            try touch -d 2001-01-01 bin/greeting
            try truncate -s 1 bin/greeting
            try mknod bin/pipe p
            """;

    @TempDir
    Path temp;

    private EnvHome home;

    @BeforeEach
    void an_environment() throws IOException {
        Needs.root();
        Needs.that(Files.exists(Path.of("/dev/fuse")), "fuse", "there is no /dev/fuse");
        home = EnvHome.in(temp);
        Path tools = home.tools();
        Files.createDirectories(tools.resolve("deep/er/still"));
        Files.writeString(tools.resolve("deep/er/still/file"), "down here\n");
        Files.write(tools.resolve("empty"), new byte[0]);
        byte[] large = new byte[3 << 20];
        new java.util.Random(11).nextBytes(large);
        Files.write(tools.resolve("large"), large);
        Files.writeString(tools.resolve("bin/script"), "#!/bin/sh\necho ran\n");
        Files.setPosixFilePermissions(tools.resolve("bin/script"), PosixFilePermissions.fromString("rwxr-x--x"));
        Files.createDirectory(tools.resolve("many"));
        for (int i = 0; i < 2_000; i++) {
            Files.writeString(tools.resolve("many/file" + i), "content " + i % 97 + "\n");
        }
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        if (home != null && Files.exists(home.home().resolve("env"))) {
            eventually("no server and no mount of this test is left", () -> {
                home.env("runtime", "prune");
                return processes().isEmpty()
                        && !Files.readString(Path.of("/proc/self/mounts")).contains(temp.toString() + "/home/env/fuse");
            });
            home.done("runtime", "prune");
            Path views = home.home().resolve("env/fuse");
            if (Files.exists(views)) {
                try (var left = Files.list(views)) {
                    assertThat(left.map(each -> each.getFileName().toString())).containsOnly("making");
                }
            }
        }
    }

    private static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(200);
        }
    }

    /** Holders and servers of this home. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(each -> words(each).contains(home.home() + "/env/fuse/"))
                .toList();
    }

    private List<ProcessHandle> servers() {
        return processes().stream()
                .filter(each ->
                        words(each).contains("\0serve-view\0") && !words(each).contains("\0supervise\0"))
                .toList();
    }

    private static String words(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private String in(String frontEnd, String script) {
        return home.done(
                "run", "--front-end", frontEnd, "tools/base", "--", "sh", "-c", "cd " + home.at() + "\n" + script);
    }

    @Test
    void each_front_end_shows_the_same_and_lets_nothing_be_changed() {
        home.base();
        Map<String, String> looks = new HashMap<>();
        for (String each : List.of("erofs", "fuse", "render")) {
            looks.put(each, in(each, LOOK));
            assertThat(in(each, CHANGES)).as(each).isEmpty();
        }
        assertThat(looks.get("fuse")).isEqualTo(looks.get("render")).isEqualTo(looks.get("erofs"));
        assertThat(looks.get("fuse").lines().count()).isGreaterThan(4_000);
        assertThat(in("fuse", "bin/script")).isEqualTo("ran\n");
        assertThat(in("fuse", "grep ' " + home.at() + " ' /proc/self/mounts")).contains("fuse.mayfly");
    }

    @Test
    void what_is_edited_over_it_is_committed_like_over_any_other() {
        home.base();
        String told = home.done(
                "run",
                "--edit",
                "--front-end",
                "fuse",
                "tools/base",
                "--",
                "sh",
                "-ec",
                "cd " + home.at() + "; rm bin/link; echo new > new; echo more >> bin/greeting; rm -r many; "
                        + EnvHome.MAYFLY + "diff; " + EnvHome.MAYFLY + "commit layer --tag tools/more; "
                        + EnvHome.MAYFLY
                        + "runtime info --json");
        assertThat(told).containsSubsequence("removed  /bin/link", "added    /new");
        assertThat(told).contains("\"front_end\": \"fuse\"");
        assertThat(home.done("read", "tools/base+tools/more", "bin/greeting")).isEqualTo("hello\nmore\n");
        assertThat(home.done(
                        "run",
                        "--front-end",
                        "fuse",
                        "tools/base+tools/more",
                        "--",
                        "ls",
                        home.at().toString()))
                .isEqualTo("bin\ndeep\nempty\nlarge\nnew\n");
    }

    @Test
    void servers_are_killed_while_files_are_read_and_no_call_fails_also_when_the_command_that_came_first_has_ended()
            throws Exception {
        home.base();
        String rounds = "cd " + home.at() + "; i=0; failed=0; while [ ! -e " + temp + "/stop ]; do i=$((i+1)); "
                + "cat many/file$((i % 2000)) large > /dev/null || failed=$((failed+1)); done; echo $i $failed > "
                + temp
                + "/result";
        Process running = home.program(
                        "run", "--front-end", "fuse", "tools/base", "--", "sh", "-c", "echo begun; (" + rounds + ") &")
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(running.getInputStream(), StandardCharsets.UTF_8));
        assertThat(said.readLine()).isEqualTo("begun");
        for (int kill = 0; kill < 3; kill++) {
            eventually("somebody serves", () -> !servers().isEmpty());
            List<ProcessHandle> victims = servers();
            victims.forEach(ProcessHandle::destroyForcibly);
            eventually(
                    "somebody else serves",
                    () -> !servers().isEmpty() && !servers().containsAll(victims));
        }
        Files.createFile(temp.resolve("stop"));
        eventually(
                "the reader has ended",
                () -> Files.exists(temp.resolve("result")) && Files.size(temp.resolve("result")) > 0);
        String[] result = Files.readString(temp.resolve("result")).strip().split(" ");
        assertThat(Integer.parseInt(result[0])).isPositive();
        assertThat(result[1]).isEqualTo("0");
        assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_user_who_is_not_root_is_served_in_namespaces_of_his_own_and_can_change_files() {
        assertThat(Program.of("chmod", "755", temp.toString()).run().exitCode()).isZero();
        assertThat(Program.of("chmod", "-R", "a+rX", home.tools().toString())
                        .run()
                        .exitCode())
                .isZero();
        assertThat(Program.of("chown", "-R", "65534:65534", home.home().toString())
                        .run()
                        .exitCode())
                .isZero();
        nobody("init");
        nobody("commit", "layer", "--path", home.tools().toString(), "--tag", "tools/base");
        Ended seen =
                nobody("run", "tools/base", "--", "sh", "-c", "id -u; cd " + home.at() + "\n" + LOOK + "\n" + CHANGES);
        assertThat(seen.out())
                .startsWith("65534\n")
                .contains("bin/greeting f 644 6")
                .doesNotContain("done: ");
        assertThat(seen.err()).contains("shown through FUSE, because");
        Ended changed = nobody(
                "run",
                "--edit",
                "--front-end",
                "fuse",
                "tools/base",
                "--",
                "sh",
                "-ec",
                "cd " + home.at() + "; echo new >> bin/greeting; rm -r many; " + EnvHome.MAYFLY
                        + "commit layer --tag tools/more");
        assertThat(changed.err()).doesNotContain("because");
        assertThat(nobody("read", "tools/base+tools/more", "bin/greeting").out())
                .isEqualTo("hello\nnew\n");
    }

    /** With a device that everybody may open, which not every machine has. */
    private Ended nobody(String... words) {
        List<String> all = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                "mount -t tmpfs dev " + home.at() + "; mknod -m 666 " + home.at() + "/fuse c 10 229; mount --bind "
                        + home.at() + "/fuse /dev/fuse; umount " + home.at()
                        + "; exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" env \"$@\"",
                Program.SCRIPT.toString()));
        all.addAll(List.of(words));
        Ended ended = Program.of(all.toArray(String[]::new))
                .with("MAYFLY_HOME", home.home().toString())
                .with("HOME", home.home().toString())
                .with("MAYFLY_ENV_AT", home.at().toString())
                .run();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended;
    }
}
