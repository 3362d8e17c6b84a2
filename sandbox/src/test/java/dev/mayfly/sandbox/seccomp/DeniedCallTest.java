package dev.mayfly.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeniedCallTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    ptrace      ; 0          ; 0x0     ; 0      ; ptrace
                    socket      ; 17         ; 3       ; 768    ; socket(AF_PACKET)
                    socket      ; 38         ; 5       ; 0      ; socket(AF_ALG)
                    socket      ; 99         ; 5       ; 0      ; socket(99)
                    socket      ; 2          ; 0x80003 ; 1      ; socket(AF_INET, SOCK_RAW, 1)
                    socket      ; 16         ; 3       ; 12     ; socket(AF_NETLINK, 12)
                    socketpair  ; 30         ; 5       ; 0      ; socketpair(AF_TIPC)
                    clone       ; 0x10000011 ; 0       ; 0      ; clone(CLONE_NEWUSER)
                    clone       ; 0x10010000 ; 0       ; 0      ; clone(CLONE_THREAD|CLONE_NEWUSER)
                    unshare     ; 0x30020000 ; 0       ; 0      ; unshare(CLONE_NEWNS|CLONE_NEWUSER|CLONE_NEWPID)
                    ioctl       ; 0          ; 0x5412  ; 0      ; ioctl(TIOCSTI)
                    ioctl       ; 0          ; 0x89F0  ; 0      ; ioctl(0x89f0)
                    prctl       ; 22         ; 2       ; 0      ; prctl(PR_SET_SECCOMP)
                    personality ; 0x400000   ; 0       ; 0      ; personality(0x400000)
                    mknodat     ; 0          ; 0       ; 0x61B6 ; mknodat(block device)
                    setsockopt  ; 3          ; 1       ; 26     ; setsockopt(SO_ATTACH_FILTER)
                    """)
    void a_denied_call_is_named_with_the_argument_that_matters(
            String name, String a0, String a1, String a2, String expected) {
        for (Arch arch : Arch.values()) {
            int number = SyscallTable.of(arch).number(name).orElseThrow();
            assertThat(DeniedCall.subject(arch.audit(), number, Long.decode(a0), Long.decode(a1), Long.decode(a2)))
                    .isEqualTo(expected);
        }
    }

    @Test
    void a_call_of_an_unknown_architecture_keeps_its_numbers() {
        assertThat(DeniedCall.subject(0x40000003, 20, 0, 0, 0)).isEqualTo("syscall 20 of architecture 0x40000003");
    }
}
