package dev.mayfly.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.box.SyscallProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SeccompTest {
    private static final int I386 = 0x40000003;
    private static final int ARM = 0x40000028;
    private static final int X32_BIT = 0x40000000;
    private static final long[] NO_ARGUMENTS = new long[6];

    static Stream<Arguments> filters() {
        List<Arguments> all = new ArrayList<>();
        for (SyscallProfile profile : SyscallProfile.values()) {
            for (Arch arch : Arch.values()) {
                for (DenialAction denial : DenialAction.values()) {
                    all.add(Arguments.of(profile, arch, denial));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("filters")
    void every_number_up_to_1023_gets_the_stated_answer(SyscallProfile profile, Arch arch, DenialAction denial) {
        BpfMachine machine = machine(profile, arch, denial);
        for (int number = 0; number < 1024; number++) {
            for (long filled : new long[] {0, -1, 0x1_0000_0000L, 0x7FFF_FFFFL}) {
                long[] arguments = {filled, filled, filled, filled, filled, filled};
                String name = SyscallName.of(arch, number);
                assertThat(machine.run(arch.audit(), number, arguments).value())
                        .as("%s with all arguments %x", name, filled)
                        .isEqualTo(value(Expected.of(profile, name, arguments), denial));
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("filters")
    void numbers_that_no_table_knows_are_answered_as_by_an_older_kernel(
            SyscallProfile profile, Arch arch, DenialAction denial) {
        BpfMachine machine = machine(profile, arch, denial);
        for (int number : new int[] {1024, 4096, 65536, X32_BIT - 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF}) {
            assertThat(machine.run(arch.audit(), number, NO_ARGUMENTS).value())
                    .as("number %x", number)
                    .isEqualTo(BpfMachine.ERRNO | 38);
        }
        for (int number = 0; number < 1024; number++) {
            assertThat(machine.run(arch.audit(), X32_BIT + number, NO_ARGUMENTS).value())
                    .as("x32 number %d", number)
                    .isEqualTo(BpfMachine.ERRNO | 38);
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("filters")
    void a_call_of_another_architecture_kills_the_process_whatever_its_number(
            SyscallProfile profile, Arch arch, DenialAction denial) {
        BpfMachine machine = machine(profile, arch, denial);
        int other = arch == Arch.X86_64 ? Arch.AARCH64.audit() : Arch.X86_64.audit();
        for (int foreign : new int[] {I386, ARM, other, 0, -1, arch.audit() ^ 0x40000000, arch.audit() ^ 0x80000000}) {
            for (int number = 0; number < 1024; number++) {
                assertThat(machine.run(foreign, number, NO_ARGUMENTS).value())
                        .as("arch %x number %d", foreign, number)
                        .isEqualTo(BpfMachine.KILL_PROCESS);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("filters")
    void a_filter_is_short_and_its_longest_path_too(SyscallProfile profile, Arch arch, DenialAction denial) {
        SeccompFilter filter = Seccomp.filter(profile, arch, denial);
        BpfMachine machine = new BpfMachine(filter.bytes());
        int longest = 0;
        for (int number = 0; number < 1024; number++) {
            for (long filled : new long[] {0, 1, 2, 3, 16, 0x12345678}) {
                longest = Math.max(
                        longest,
                        machine.run(arch.audit(), number, filled, filled, filled, filled, filled, filled)
                                .steps());
            }
        }
        assertThat(filter.length()).isLessThan(400).isEqualTo(filter.bytes().length / 8);
        assertThat(longest).isLessThan(40);
    }

    @Test
    void the_same_profile_gives_the_same_bytes_every_time() {
        for (SyscallProfile profile : SyscallProfile.values()) {
            assertThat(Seccomp.filter(profile, Arch.AARCH64, DenialAction.NOTIFY)
                            .bytes())
                    .isEqualTo(Seccomp.filter(profile, Arch.AARCH64, DenialAction.NOTIFY)
                            .bytes());
        }
    }

    @Test
    void a_wider_profile_allows_everything_a_tighter_one_allows() {
        List<String> lost = new ArrayList<>();
        for (Arch arch : Arch.values()) {
            BpfMachine strict = machine(SyscallProfile.STRICT, arch, DenialAction.NOTIFY);
            BpfMachine standard = machine(SyscallProfile.DEFAULT, arch, DenialAction.NOTIFY);
            BpfMachine loose = machine(SyscallProfile.LOOSE, arch, DenialAction.NOTIFY);
            for (int number = 0; number < 1024; number++) {
                boolean byStrict = allowed(strict, arch, number);
                boolean byDefault = allowed(standard, arch, number);
                boolean byLoose = allowed(loose, arch, number);
                if ((byStrict && !byDefault) || (byDefault && !byLoose)) {
                    lost.add(SyscallName.of(arch, number));
                }
            }
        }
        assertThat(lost).isEmpty();
    }

    @Test
    void every_name_of_the_profiles_exists_on_some_architecture() {
        TreeSet<String> known = new TreeSet<>(SyscallTable.of(Arch.X86_64).names());
        known.addAll(SyscallTable.of(Arch.AARCH64).names());
        for (SyscallProfile profile : SyscallProfile.values()) {
            assertThat(known).containsAll(Profiles.answers(profile).keySet());
        }
    }

    /** Every combination of values that matter, so that no mask or constant can be off by a bit unseen. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("profilesAndArchitectures")
    void argument_tests_agree_with_their_plain_statement(SyscallProfile profile, Arch arch) {
        BpfMachine machine = machine(profile, arch, DenialAction.NOTIFY);
        for (String name : TESTED_CALLS) {
            int number = SyscallTable.of(arch).number(name).orElse(-1);
            for (long a0 : TELLING) {
                for (long a1 : LOOK_AT_SECOND.contains(name) ? SECOND : ZERO) {
                    for (long a2 : LOOK_AT_THIRD.contains(name) ? THIRD : ZERO) {
                        assertSays(machine, profile, arch, number, a0, a1, a2);
                    }
                }
            }
        }
    }

    @Property(tries = 2000)
    void argument_tests_agree_on_any_registers(
            @ForAll("testedCalls") String name,
            @ForAll SyscallProfile profile,
            @ForAll Arch arch,
            @ForAll long a0,
            @ForAll("telling") long a1,
            @ForAll long a2) {
        int number = SyscallTable.of(arch).number(name).orElse(-1);
        assertSays(machine(profile, arch, DenialAction.NOTIFY), profile, arch, number, a0, a1, a2);
    }

    private static final List<String> TESTED_CALLS = List.of(
            "clone",
            "unshare",
            "mmap",
            "mprotect",
            "ioctl",
            "prctl",
            "personality",
            "mknod",
            "mknodat",
            "socket",
            "socketpair",
            "setsockopt");

    /** The rest looks at the first argument only; that others do not matter there is left to the random registers. */
    private static final List<String> LOOK_AT_SECOND = List.of("ioctl", "mknod", "socket", "setsockopt");

    private static final List<String> LOOK_AT_THIRD = List.of("mmap", "mprotect", "mknodat", "socket", "setsockopt");

    private static final long[] ZERO = {0};

    /** Values that some test looks for, their neighbours, and rubbish in the half that must not count. */
    private static final long[] TELLING = tellingValues(40);

    private static final long[] SECOND = tellingValues(0);

    private static final long[] THIRD = {
        0,
        1,
        2,
        3,
        4,
        6,
        7,
        12,
        17,
        26,
        50,
        51,
        52,
        262,
        010644,
        020644,
        060644,
        0100644,
        0120644,
        0140644,
        0x600000006L
    };

    private static long[] tellingValues(int bits) {
        TreeSet<Long> values = new TreeSet<>();
        for (int bit = 0; bit < bits; bit++) {
            values.add(1L << bit);
            values.add((1L << bit) | 0x11);
        }
        for (long value : new long[] {
            0,
            3,
            5,
            6,
            7,
            10,
            15,
            17,
            22,
            23,
            26,
            31,
            35,
            38,
            39,
            40,
            50,
            59,
            62,
            02000001,
            02004002,
            04005,
            02000003,
            0x5401,
            0x540F,
            0x5412,
            0x5413,
            0x541B,
            0x541C,
            0x5421,
            0x5423,
            0x5450,
            0x5451,
            0x802C542AL,
            0x40049409,
            0x4020940D,
            0x53564D41,
            0x3D0F00,
            0x4111,
            0x20008,
            0xFFFFFFFFL,
            -1,
            010644,
            020644,
            060644,
            0100644,
            0140644,
            0xABCD_0000_0002L,
            0xABCD_0000_5412L,
            0xABCD_0000_0016L
        }) {
            values.add(value);
        }
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    static Stream<Arguments> profilesAndArchitectures() {
        return filters().filter(each -> each.get()[2] == DenialAction.NOTIFY);
    }

    @Provide
    Arbitrary<String> testedCalls() {
        return Arbitraries.of(TESTED_CALLS);
    }

    @Provide
    Arbitrary<Long> telling() {
        return Arbitraries.of(Arrays.stream(TELLING).boxed().toList());
    }

    private static void assertSays(
            BpfMachine machine, SyscallProfile profile, Arch arch, int number, long a0, long a1, long a2) {
        String name = SyscallName.of(arch, number);
        long[] arguments = {a0, a1, a2, 0, 0, 0};
        int expected = value(Expected.of(profile, name, arguments), DenialAction.NOTIFY);
        int actual = machine.run(arch.audit(), number, arguments).value();
        if (actual != expected) {
            assertThat(Integer.toHexString(actual))
                    .as("%s(%x, %x, %x)", name, a0, a1, a2)
                    .isEqualTo(Integer.toHexString(expected));
        }
    }

    private static boolean allowed(BpfMachine machine, Arch arch, int number) {
        return machine.run(arch.audit(), number, NO_ARGUMENTS).value() == BpfMachine.ALLOW;
    }

    private static BpfMachine machine(SyscallProfile profile, Arch arch, DenialAction denial) {
        return new BpfMachine(Seccomp.filter(profile, arch, denial).bytes());
    }

    private static int value(Expected.Say say, DenialAction denial) {
        return switch (say) {
            case ALLOW -> BpfMachine.ALLOW;
            case DENY -> denial == DenialAction.NOTIFY ? BpfMachine.USER_NOTIF : BpfMachine.ERRNO | 1;
            case NO_SUCH_CALL -> BpfMachine.ERRNO | 38;
            case NO_SUCH_PROTOCOL -> BpfMachine.ERRNO | 93;
            case NO_SUCH_FAMILY -> BpfMachine.ERRNO | 97;
        };
    }
}
