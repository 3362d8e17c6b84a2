package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibcTest {
    @BeforeEach
    void onLinuxOnly() {
        assumeTrue("Linux".equals(System.getProperty("os.name")), "not run here: Linux: another operating system");
    }

    @Test
    void an_error_is_returned_with_its_name() {
        CallResult opened = Libc.open("/no/such/file", OpenFlag.RDONLY, 0);

        assertThat(opened.ok()).isFalse();
        assertThat(opened.errno()).isEqualTo(Errno.ENOENT);
        assertThat(opened.errno().describe()).isEqualTo("ENOENT (errno 2)");
        assertThatThrownBy(() -> opened.orThrow(ErrorCode.INTERNAL, "open /no/such/file", "create it"))
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        e -> assertThat(e.render())
                                .isEqualTo(
                                        "error MF-9001: open /no/such/file failed\nwhy: ENOENT (errno 2)\nfix: create it"));
    }

    @Test
    void a_descriptor_is_opened_close_on_exec_and_closed_once() throws IOException {
        int fd = Libc.open("/dev/null", OpenFlag.RDONLY, 0).orThrow(ErrorCode.INTERNAL, "open /dev/null", "");

        String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                .filter(line -> line.startsWith("flags:"))
                .findFirst()
                .orElseThrow();
        assertThat(Integer.parseInt(flags.substring(6).trim(), 8) & OpenFlag.CLOEXEC)
                .isNotZero();
        assertThat(Libc.close(fd).ok()).isTrue();
        assertThat(Libc.close(fd).errno()).isEqualTo(Errno.EBADF);
    }

    @Test
    void the_effective_user_is_the_owner_of_our_proc_entry() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(text -> text.startsWith("Uid:"))
                .findFirst()
                .orElseThrow();
        assertThat(Libc.effectiveUserId()).isEqualTo(Integer.parseInt(line.split("\\s+")[2]));
    }

    @Test
    void kill_and_pidfd_reach_a_process_by_number() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            int pid = Math.toIntExact(child.pid());
            assertThat(Libc.kill(pid, 0).ok()).isTrue();
            CallResult pidfd = Syscalls.pidfdOpen(pid);
            assumeTrue(!pidfd.failedWith(Errno.ENOSYS), "not run here: pidfd_open: the kernel is older than 5.3");
            int fd = pidfd.orThrow(ErrorCode.INTERNAL, "pidfd_open", "");
            assertThat(Syscalls.pidfdSendSignal(fd, 9).ok()).isTrue();
            assertThat(child.waitFor()).isEqualTo(128 + 9);
            assertThat(Syscalls.pidfdSendSignal(fd, 9).errno()).isEqualTo(Errno.ESRCH);
            assertThat(Libc.close(fd).ok()).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void all_six_arguments_of_a_raw_call_arrive(@TempDir Path dir) throws IOException {
        // copy_file_range(fd_in, off_in*, fd_out, off_out*, len, flags): flags other than 0 are EINVAL.
        Path from = Files.writeString(dir.resolve("from"), "abc");
        Path to = Files.createFile(dir.resolve("to"));
        int in = Libc.open(from.toString(), OpenFlag.RDONLY, 0).orThrow(ErrorCode.INTERNAL, "open", "");
        int out = Libc.open(to.toString(), OpenFlag.WRONLY, 0).orThrow(ErrorCode.INTERNAL, "open", "");
        int number = Machine.current() == Machine.AARCH64 ? 285 : 326;

        assertThat(Libc.syscall(number, in, 0, out, 0, 3, 1).errno()).isEqualTo(Errno.EINVAL);
        assertThat(Libc.syscall(number, in, 0, out, 0, 2, 0).value()).isEqualTo(2);

        assertThat(Files.readString(to)).isEqualTo("ab");
        assertThat(List.of(Libc.close(in).ok(), Libc.close(out).ok())).containsOnly(true);
    }

    @Test
    void error_numbers_have_the_names_of_the_header() {
        assertThat(List.of(1, 11, 22, 38, 95, 110, 133).stream().map(n -> new Errno(n).name()))
                .containsExactly("EPERM", "EAGAIN", "EINVAL", "ENOSYS", "EOPNOTSUPP", "ETIMEDOUT", "EHWPOISON");
        assertThat(new Errno(41).name()).isEqualTo("errno 41");
        assertThat(new Errno(4095).name()).isEqualTo("errno 4095");
    }

    @Test
    void machines_are_known_by_the_names_of_java_and_of_uname() {
        assertThat(List.of("amd64", "x86_64", "aarch64", "arm64", "riscv64").stream()
                        .map(Machine::of))
                .containsExactly(Machine.X86_64, Machine.X86_64, Machine.AARCH64, Machine.AARCH64, Machine.OTHER);
    }
}
