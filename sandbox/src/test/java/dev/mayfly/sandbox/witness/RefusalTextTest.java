package dev.mayfly.sandbox.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.seccomp.Arch;
import dev.mayfly.sandbox.seccomp.SyscallName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusalTextTest {
    private static final int EPERM = -1;
    private static final int EACCES = -13;
    private static final int EROFS = -30;

    private final RefusalText text = new RefusalText(Arch.X86_64);

    private static int number(String call) {
        return SyscallName.number(Arch.X86_64, call).orElseThrow();
    }

    private String said(String call, int result, long detail, String path) {
        return text.subject(new Refusal(number(call), result, detail, path, false, 1));
    }

    @Test
    void the_access_that_was_wanted_comes_from_the_flags_of_open() {
        assertThat(said("openat", EROFS, 0x80000 | 1, "/etc/passwd")).isEqualTo("write /etc/passwd: EROFS");
        assertThat(said("open", EACCES, 2, "/dev/mem")).isEqualTo("write /dev/mem: EACCES");
        assertThat(said("openat2", EACCES, 0, "/proc/kmsg")).isEqualTo("read /proc/kmsg: EACCES");
        assertThat(said("openat", EROFS, 0100, "/x")).isEqualTo("create /x: EROFS");
        assertThat(said("openat", EROFS, 01000, "/x")).isEqualTo("write /x: EROFS");
    }

    @Test
    void ids_processes_and_ports_are_named_as_far_as_equal_runs_share_them() {
        assertThat(said("setuid", EPERM, 0, "")).isEqualTo("setuid 0: EPERM");
        assertThat(said("kill", EPERM, 1, "")).isEqualTo("kill 1: EPERM");
        assertThat(said("kill", EPERM, 4711, "")).isEqualTo("kill another process: EPERM");
        assertThat(said("kill", EPERM, 0xffffffffL, "")).isEqualTo("kill everyone: EPERM");
        assertThat(said("bind", EACCES, 0x50000002L, "")).isEqualTo("bind port 80: EACCES");
        assertThat(said("connect", EACCES, 1, "/data/sock")).isEqualTo("connect /data/sock: EACCES");
        assertThat(said("capset", EPERM, 0, "")).isEqualTo("capset: EPERM");
    }

    @Test
    void numbers_that_vary_between_runs_are_left_out_of_paths_and_control_characters_too() {
        assertThat(said("openat", EACCES, 0, "/proc/417/mem")).isEqualTo("read /proc/N/mem: EACCES");
        assertThat(said("openat", EACCES, 0, "/proc/1/mem")).isEqualTo("read /proc/1/mem: EACCES");
        assertThat(said("openat", EACCES, 0, "/proc/1/task/12/mem")).isEqualTo("read /proc/1/task/N/mem: EACCES");
        assertThat(said("openat", EROFS, 1, "/usr/lib/a.pyc.139889623401712"))
                .isEqualTo("write /usr/lib/a.pyc.#: EROFS");
        assertThat(said("unlink", EROFS, 0, "/a\n\u001b[31m")).isEqualTo("remove /a??[31m: EROFS");
        assertThat(text.subject(new Refusal(number("mkdir"), EROFS, 0, "/long", true, 1)))
                .isEqualTo("create /long…: EROFS");
    }

    @Test
    void what_the_filter_denied_is_not_told_twice_and_what_it_did_not_deny_is() {
        List<Refusal> refusals = List.of(
                new Refusal(number("mount"), EPERM, 0, "", false, 2),
                new Refusal(number("mknod"), EPERM, 0, "/dev/x", false, 2),
                new Refusal(number("mknod"), EROFS, 0, "/dev/y", false, 1));
        assertThat(text.violations(refusals, Map.of(number("mount"), 2L, number("mknod"), 1L), 0))
                .containsExactly(
                        new Violation(Violation.FS_PERMISSION, "create /dev/x: EPERM", 2),
                        new Violation(Violation.FS_PERMISSION, "create /dev/y: EROFS", 1));
    }

    @Test
    void equal_subjects_are_one_violation_and_what_found_no_place_is_a_number() {
        List<Refusal> refusals = List.of(
                new Refusal(number("open"), EACCES, 0, "/proc/12/mem", false, 2),
                new Refusal(number("openat"), EACCES, 0x80000, "/proc/13/mem", false, 3));
        assertThat(text.violations(refusals, Map.of(), 7))
                .containsExactly(
                        new Violation(Violation.FS_PERMISSION, "read /proc/N/mem: EACCES", 5),
                        new Violation(Violation.KERNEL_PERMISSION, "more kinds of refusals than are kept apart", 7));
    }

    @Test
    void a_key_of_the_kernel_is_read_in_its_layout_and_an_unfinished_path_is_marked() {
        ByteBuffer key = ByteBuffer.allocate(ExitProgram.KEY_BYTES).order(ByteOrder.nativeOrder());
        key.putInt(257).putInt(EROFS).putLong(1).put("/etc/x".getBytes(StandardCharsets.US_ASCII));
        assertThat(Refusal.of(key.array(), 3)).isEqualTo(new Refusal(257, EROFS, 1, "/etc/x", false, 3));
        for (int i = ExitProgram.KEY_PATH; i < ExitProgram.KEY_BYTES - 1; i++) {
            key.put(i, (byte) 'a');
        }
        assertThat(Refusal.of(key.array(), 1).cut()).isTrue();
    }

    @Test
    void both_architectures_know_the_calls_that_take_paths() {
        for (Arch arch : Arch.values()) {
            assertThat(CallTable.of(arch).keySet())
                    .contains(
                            SyscallName.number(arch, "openat").orElseThrow(),
                            SyscallName.number(arch, "execve").orElseThrow(),
                            SyscallName.number(arch, "linkat").orElseThrow())
                    .allMatch(number -> number < ExitProgram.CALLS);
            assertThat(CallTable.of(arch).values()).allMatch(call -> call.path() <= 2 && call.detailAt() <= 2);
        }
    }
}
