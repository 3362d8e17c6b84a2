package dev.mayfly.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SyscallTableTest {
    private static final Path X86_HEADER = Path.of("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
    private static final Path GENERIC_HEADER = Path.of("/usr/include/asm-generic/unistd.h");
    private static final Pattern DEFINE = Pattern.compile("^#define (__NR\\w+)\\s+(\\w+)$", Pattern.MULTILINE);

    @Test
    void well_known_calls_have_their_numbers() {
        assertNumber(Arch.X86_64, "read", 0);
        assertNumber(Arch.X86_64, "execve", 59);
        assertNumber(Arch.X86_64, "ptrace", 101);
        assertNumber(Arch.X86_64, "newfstatat", 262);
        assertNumber(Arch.X86_64, "uretprobe", 335);
        assertNumber(Arch.AARCH64, "newfstatat", 79);
        assertNumber(Arch.AARCH64, "ptrace", 117);
        assertNumber(Arch.AARCH64, "execve", 221);
        assertNumber(Arch.AARCH64, "mmap", 222);
        for (Arch arch : Arch.values()) {
            assertNumber(arch, "clone3", 435);
            assertNumber(arch, "cachestat", 451);
            assertNumber(arch, "fchmodat2", 452);
            assertNumber(arch, "mseal", 462);
            assertNumber(arch, "listns", 470);
        }
    }

    @Test
    void calls_that_came_with_aarch64_or_later_have_one_number_everywhere() {
        SyscallTable x86 = SyscallTable.of(Arch.X86_64);
        SyscallTable arm = SyscallTable.of(Arch.AARCH64);
        for (String name : arm.names()) {
            assertThat(x86.number(name)).as(name).isPresent();
            if (arm.number(name).orElseThrow() >= 424) {
                assertThat(x86.number(name)).as(name).isEqualTo(arm.number(name));
            }
        }
    }

    @Test
    void no_number_has_two_names() {
        for (Arch arch : Arch.values()) {
            SyscallTable table = SyscallTable.of(arch);
            Set<Integer> seen = new HashSet<>();
            for (String name : table.names()) {
                int number = table.number(name).orElseThrow();
                assertThat(seen.add(number)).as("%s %s", arch, name).isTrue();
                assertThat(table.name(number)).isEqualTo(name);
            }
        }
    }

    @Test
    void numbers_without_a_name_are_shown_as_numbers() {
        assertThat(SyscallName.of(Arch.X86_64, 101)).isEqualTo("ptrace");
        assertThat(SyscallName.of(Arch.X86_64, 400)).isEqualTo("syscall 400");
        assertThat(SyscallName.of(Arch.AARCH64, -1)).isEqualTo("syscall 4294967295");
    }

    @Test
    void the_x86_table_agrees_with_the_headers_of_this_machine() throws IOException {
        assumeTrue(Files.exists(X86_HEADER), "not run here: kernel headers: " + X86_HEADER + " is not installed");
        assertAgrees(Arch.X86_64, defines(X86_HEADER));
    }

    @Test
    void the_aarch64_table_agrees_with_the_generic_headers_of_this_machine() throws IOException {
        assumeTrue(
                Files.exists(GENERIC_HEADER), "not run here: kernel headers: " + GENERIC_HEADER + " is not installed");
        Map<String, String> defines = defines(GENERIC_HEADER);
        assumeTrue(
                defines.containsKey("__NR3264_fstatat"),
                "not run here: kernel headers: " + GENERIC_HEADER + " is newer than the form this test reads");
        assertAgrees(Arch.AARCH64, defines);
    }

    private static void assertAgrees(Arch arch, Map<String, String> defines) {
        SyscallTable table = SyscallTable.of(arch);
        int compared = 0;
        for (String name : table.names()) {
            String number = defines.get("__NR_" + name);
            // The other direction would not do: headers may be older than the table, and have names for 32 bit.
            if (number != null) {
                while (!number.matches("\\d+")) {
                    number = defines.get(number);
                }
                assertThat(table.number(name)).as(name).hasValue(Integer.parseInt(number));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(250);
    }

    private static Map<String, String> defines(Path header) throws IOException {
        Map<String, String> found = new HashMap<>();
        Matcher matcher = DEFINE.matcher(Files.readString(header));
        while (matcher.find()) {
            found.putIfAbsent(matcher.group(1), matcher.group(2));
        }
        return found;
    }

    private static void assertNumber(Arch arch, String name, int number) {
        assertThat(SyscallTable.of(arch).number(name)).as("%s %s", arch, name).hasValue(number);
    }
}
