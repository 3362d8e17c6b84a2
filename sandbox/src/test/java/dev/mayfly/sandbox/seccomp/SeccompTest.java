package dev.mayfly.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.box.SyscallProfile;
import java.util.ArrayList;
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

    /** Argument tests, where the naive statement and the generated program must agree on any registers. */
    @Property(tries = 3000)
    void argument_tests_agree_with_their_plain_statement(
            @ForAll("profiles") SyscallProfile profile,
            @ForAll("architectures") Arch arch,
            @ForAll("testedCalls") String name,
            @ForAll("registers") long a0,
            @ForAll("registers") long a1,
            @ForAll("registers") long a2) {
        int number = SyscallTable.of(arch).number(name).orElse(-1);
        if (number >= 0) {
            long[] arguments = {a0, a1, a2, 0, 0, 0};
            assertThat(machine(profile, arch, DenialAction.NOTIFY)
                            .run(arch.audit(), number, arguments)
                            .value())
                    .as("%s(%x, %x, %x)", name, a0, a1, a2)
                    .isEqualTo(value(Expected.of(profile, name, arguments), DenialAction.NOTIFY));
        }
    }

    @Provide
    Arbitrary<SyscallProfile> profiles() {
        return Arbitraries.of(SyscallProfile.class);
    }

    @Provide
    Arbitrary<Arch> architectures() {
        return Arbitraries.of(Arch.class);
    }

    @Provide
    Arbitrary<String> testedCalls() {
        return Arbitraries.of(
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
    }

    /** Any register, but mostly values near those that matter, with and without rubbish in the high half. */
    @Provide
    Arbitrary<Long> registers() {
        Arbitrary<Long> telling = Arbitraries.of(
                0L,
                1L,
                2L,
                3L,
                4L,
                5L,
                6L,
                7L,
                10L,
                15L,
                16L,
                17L,
                22L,
                26L,
                31L,
                35L,
                38L,
                40L,
                50L,
                51L,
                52L,
                59L,
                62L,
                262L,
                02000001L,
                02004002L,
                04005L,
                0x5401L,
                0x5412L,
                0x541BL,
                0x541CL,
                0x5423L,
                0x802C542AL,
                0x53564D41L,
                0x11L,
                0x10000011L,
                0x7E020000L,
                0x00020000L,
                0x3D0F00L,
                0x4111L,
                0x20008L,
                0x40000L,
                0xFFFFFFFFL,
                0010644L,
                0020644L,
                0060644L,
                0100644L,
                0140644L,
                0x40049409L);
        Arbitrary<Long> withRubbish = telling.map(value -> value | 0xABCD_0000_0000L);
        return Arbitraries.oneOf(telling, telling, withRubbish, Arbitraries.longs());
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
