package dev.mayfly.sandbox.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.api.Violation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The file calls as a program meets them: 3 is {@code /}, 4 is the working folder. */
class WasiFilesTest {
    private static final WasmBackend BACKEND = new WasmBackend();
    private static final int WORD = SyscallScript.SCRATCH;
    private static final int CREATE = 1;
    private static final int EXCLUSIVE = 4;

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void pathsThatEscapeAreDeniedAndNamed() throws InterruptedException {
        SyscallScript script = new SyscallScript()
                .open(4, "../x", 0, 0, WORD)
                .open(4, "a/../../x", 0, 0, WORD)
                .open(3, "..", 0, 0, WORD)
                .open(3, "workspace/../../etc/passwd", 0, 0, WORD)
                .open(4, "/etc/passwd", 0, 0, WORD)
                .open(4, "//etc/passwd", 0, 0, WORD)
                .open(3, "etc/shadow", 0, 0, WORD)
                .open(3, "proc/self/root/etc/passwd", 0, 0, WORD)
                .open(3, "new", CREATE, 0, WORD)
                .path("path_create_directory", 3, "newdir")
                .path("path_remove_directory", 3, "tmp")
                .rename(3, "tmp", 3, "workspace/tmp");
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos())
                .containsExactly(
                        Errno.NOTCAPABLE,
                        Errno.NOENT,
                        Errno.NOTCAPABLE,
                        Errno.NOTCAPABLE,
                        Errno.NOTCAPABLE,
                        Errno.NOTCAPABLE,
                        Errno.NOENT,
                        Errno.NOENT,
                        Errno.ROFS,
                        Errno.ROFS,
                        Errno.ROFS,
                        Errno.ROFS);
        assertThat(outcome.run().violations())
                .extracting(Violation::subject)
                .contains(
                        "/workspace/../x",
                        "/..",
                        "/workspace/../../etc/passwd",
                        "/etc/passwd",
                        "//etc/passwd",
                        "/etc/shadow",
                        "/proc/self/root/etc/passwd",
                        "write /new",
                        "write /newdir",
                        "write /tmp");
        assertThat(outcome.run().violations()).extracting(Violation::rule).containsOnly("fs.default");
    }

    @Test
    void symbolicLinksCannotLeaveAndCannotLoop() throws InterruptedException {
        SyscallScript script = new SyscallScript()
                .symlink("../../etc/passwd", 4, "out")
                .symlink("/etc/passwd", 4, "absolute")
                .symlink("loop2", 4, "loop1")
                .symlink("loop1", 4, "loop2")
                .path("path_create_directory", 4, "dir")
                .symlink("../prog.wasm", 4, "dir/good")
                .symlink("dir", 4, "todir")
                .open(4, "out", 0, 0, WORD)
                .open(4, "loop1", 0, 0, WORD)
                .open(4, "dir/good", 0, 0, WORD)
                .open(4, "todir/good", 0, 0, WORD)
                .open(4, "todir/../prog.wasm", 0, 0, WORD)
                .symlink("gone", 4, "dangling")
                .open(4, "dangling", 0, 0, WORD)
                .open(4, "dangling", CREATE | EXCLUSIVE, 0, WORD);
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos())
                .containsExactly(
                        0,
                        Errno.NOTCAPABLE,
                        0,
                        0,
                        0,
                        0,
                        0,
                        Errno.NOTCAPABLE,
                        Errno.LOOP,
                        0,
                        0,
                        0,
                        0,
                        Errno.NOENT,
                        Errno.EXIST);
        assertThat(outcome.run().violations())
                .containsExactly(
                        new Violation("fs.default", "/etc/passwd", 1),
                        new Violation("fs.default", "/workspace/out", 1));
    }

    @Test
    void aDescriptorOfASubfolderIsItsOwnRoot() throws InterruptedException {
        SyscallScript.Outcome outcome = new SyscallScript()
                .path("path_create_directory", 4, "sub")
                .open(4, "sub", 2, (int) Rights.PATH_OPEN, WORD)
                .open(5, "../prog.wasm", 0, 0, WORD)
                .open(5, ".", 2, (int) Rights.PATH_OPEN, WORD)
                .open(5, "inside", CREATE, 0, WORD)
                .run(BACKEND);
        assertThat(outcome.errnos()).containsExactly(0, 0, Errno.NOTCAPABLE, 0, Errno.NOTCAPABLE);
        assertThat(outcome.run().violations())
                .containsExactly(new Violation("fs.default", "/workspace/sub/../prog.wasm", 1));
    }

    @Test
    void contentIsWhatWasWrittenWhereItWasWritten() throws InterruptedException {
        SyscallScript script = new SyscallScript();
        script.open(4, "file", CREATE, 0, WORD)
                .write(5, "hello world")
                .call("fd_seek", 5, 6, 0, WORD + 8)
                .write(5, "there")
                .call("fd_seek", 5, 10_000, 0, WORD + 8)
                .write(5, "far")
                .call("fd_pread", 5, script.vector(WORD + 64, 12), 1, 0, WORD + 16)
                .call("fd_pread", 5, script.vector(WORD + 80, 8), 1, 9_997, WORD + 20)
                .call("fd_seek", 5, -1, 0, WORD + 8)
                .call("fd_filestat_set_size", 5, 5)
                .call("fd_filestat_set_size", 5, 12)
                .call("fd_pread", 5, script.vector(WORD + 96, 16), 1, 0, WORD + 24)
                .call("fd_filestat_get", 5, WORD + 128)
                .dump(WORD + 16, 176);
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, Errno.INVAL, 0, 0, 0, 0);
        assertThat(text(outcome, 48, 12)).isEqualTo("hello there\0");
        assertThat(text(outcome, 64, 6)).isEqualTo("\0\0\0far");
        assertThat(text(outcome, 80, 12)).isEqualTo("hello\0\0\0\0\0\0\0");
        assertThat(outcome.memory().getInt(8)).isEqualTo(12);
        assertThat(outcome.memory().getLong(112 + 32)).isEqualTo(12);
        assertThat(outcome.memory().get(112 + 16)).isEqualTo((byte) 4);
    }

    private static String text(SyscallScript.Outcome outcome, int at, int length) {
        byte[] bytes = new byte[length];
        outcome.memory().get(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void listingsAreSortedAndSurviveDeletionMeanwhile() throws InterruptedException {
        SyscallScript script = new SyscallScript();
        for (String name : List.of("zz", "aa", "mm")) {
            script.path("path_create_directory", 4, name);
        }
        script.open(4, ".", 2, (int) Rights.FD_READDIR, WORD)
                .call("fd_readdir", 5, WORD + 64, 24 + 1 + 24 + 2 + 24 + 2, 0, WORD + 8)
                .path("path_remove_directory", 4, "aa")
                .call("fd_readdir", 5, WORD + 512, 1024, 3, WORD + 12)
                .dump(WORD + 8, 8)
                .dump(WORD + 64, 77)
                .dump(WORD + 512, 200);
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos()).containsOnly(0);
        ByteBuffer memory = outcome.memory();
        int second = memory.getInt(4);
        assertThat(names(memory.slice(8, 77))).containsExactly(".", "..", "aa");
        assertThat(names(memory.slice(8 + 77, second))).containsExactly("mm", "prog.wasm", "zz");
    }

    private static List<String> names(ByteBuffer entries) {
        entries.order(java.nio.ByteOrder.LITTLE_ENDIAN);
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < entries.limit()) {
            int length = entries.getInt(at + 16);
            byte[] name = new byte[length];
            entries.get(at + 24, name);
            names.add(new String(name, StandardCharsets.UTF_8));
            at += 24 + length;
        }
        return names;
    }

    @Test
    void renamingFollowsTheRulesOfPosix() throws InterruptedException {
        SyscallScript.Outcome outcome = new SyscallScript()
                .path("path_create_directory", 4, "a")
                .path("path_create_directory", 4, "a/b")
                .rename(4, "a", 4, "a/b/c")
                .rename(4, "a", 4, "prog.wasm")
                .rename(4, "prog.wasm", 4, "a")
                .rename(4, "prog.wasm", 4, "a/moved")
                .open(4, "a/moved", 0, 0, WORD)
                .rename(4, "gone", 4, "x")
                .rename(3, "workspace/a/moved", 3, "tmp/moved")
                .path("path_remove_directory", 4, "a")
                .path("path_unlink_file", 4, "a")
                .path("path_unlink_file", 4, "a/moved")
                .path("path_remove_directory", 4, "a/b")
                .path("path_remove_directory", 4, "a")
                .run(BACKEND);
        assertThat(outcome.errnos())
                .containsExactly(
                        0,
                        0,
                        Errno.INVAL,
                        Errno.NOTDIR,
                        Errno.ISDIR,
                        0,
                        0,
                        Errno.NOENT,
                        Errno.XDEV,
                        Errno.NOTEMPTY,
                        Errno.ISDIR,
                        0,
                        0,
                        0);
    }

    @Test
    void anUnlinkedFileLivesUntilItsLastDescriptorAndThenGivesItsRoomBack() throws InterruptedException {
        SyscallScript script = new SyscallScript();
        int million = script.vector(0, 200_000);
        for (int round = 0; round < 6; round++) {
            script.open(4, "file", CREATE, 0, WORD);
            for (int part = 0; part < 5; part++) {
                script.call("fd_pwrite", 5, million, 1, part * 200_000L, WORD + 8);
            }
            script.path("path_unlink_file", 4, "file")
                    .call("fd_pread", 5, script.vector(WORD + 64, 4), 1, 100, WORD + 8)
                    .call("fd_close", 5);
        }
        // six megabytes in all through a disk of four
        assertThat(script.run(BACKEND).errnos()).containsOnly(0);
    }

    @Test
    void hardLinksShareAndRightsOnlyShrink() throws InterruptedException {
        SyscallScript script = new SyscallScript();
        int link = script.put("linked");
        int prog = script.put("prog.wasm");
        script.call("path_link", 4, 0, prog, 9, 4, link, 6)
                .path("path_unlink_file", 4, "prog.wasm")
                .open(4, "linked", 0, (int) Rights.FD_READ, WORD)
                .write(5, "no")
                .call("fd_pread", 5, script.vector(WORD + 256, 4), 1, 0, WORD + 8)
                .call("fd_readdir", 4, WORD, 100, 0, WORD + 8)
                .call("fd_seek", 1, 0, 0, WORD)
                .call("fd_close", 77)
                .call("fd_close", -1)
                .dump(WORD + 256, 4);
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos())
                .containsExactly(0, 0, 0, Errno.NOTCAPABLE, 0, 0, Errno.SPIPE, Errno.BADF, Errno.BADF);
        assertThat(text(outcome, 0, 4)).isEqualTo("\0asm");
    }

    @Test
    void preopenedFoldersAreTheRootAndTheWorkingFolder() throws InterruptedException {
        SyscallScript.Outcome outcome = new SyscallScript()
                .call("fd_prestat_get", 3, WORD)
                .call("fd_prestat_dir_name", 3, WORD + 8, 1)
                .call("fd_prestat_get", 4, WORD + 16)
                .call("fd_prestat_dir_name", 4, WORD + 24, 1)
                .call("fd_prestat_get", 5, WORD)
                .call("fd_prestat_get", 0, WORD)
                .dump(WORD, 32)
                .run(BACKEND);
        assertThat(outcome.errnos()).containsExactly(0, 0, 0, 0, Errno.BADF, Errno.BADF);
        assertThat(outcome.memory().getInt(4)).isEqualTo(1);
        assertThat(text(outcome, 8, 1)).isEqualTo("/");
        assertThat(text(outcome, 24, 1)).isEqualTo(".");
    }

    @Test
    void namesMustBeShortAndUtf8() throws InterruptedException {
        SyscallScript script = new SyscallScript();
        byte[] invalid = {(byte) 0xff, (byte) 0xfe};
        byte[] nul = {'a', 0, 'b'};
        script.call("path_create_directory", 4, script.put(invalid), 2)
                .call("path_create_directory", 4, script.put(nul), 3)
                .path("path_create_directory", 4, "n".repeat(256))
                .path("path_create_directory", 4, "n".repeat(255))
                .path("path_create_directory", 4, "a/".repeat(2500))
                .path("path_create_directory", 4, "");
        assertThat(script.run(BACKEND).errnos())
                .containsExactly(Errno.ILSEQ, Errno.INVAL, Errno.NAMETOOLONG, 0, Errno.NAMETOOLONG, Errno.NOENT);
    }
}
