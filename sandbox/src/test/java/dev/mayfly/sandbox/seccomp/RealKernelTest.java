package dev.mayfly.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.sandbox.box.SyscallProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The profile linter: what people run must run, and what must not work must not. */
@Tag("native")
class RealKernelTest {
    @TempDir
    Path scratch;

    @BeforeEach
    void needsBubblewrap() throws IOException, InterruptedException {
        ConfinedProcess.assumeBubblewrap(scratch);
    }

    static Stream<Arguments> corpus() {
        return Stream.of(
                Arguments.of("sh", "echo a | cat | sort; test $(ls / | wc -l) -gt 3 && echo ok"),
                Arguments.of("bash", "bash -c 'cat <(echo a) <<<x; true & wait; ls -l / >/dev/null; echo ok'"),
                Arguments.of("perl", "perl -e 'fork or exit; wait; print `echo ok`'"),
                Arguments.of("gcc", """
                        printf '#include <stdio.h>\\nint main(void){puts("ok");}' >a.c && gcc -O2 -pthread a.c -o a && ./a
                        """),
                Arguments.of("git", """
                        export HOME=/tmp; git init -q r && cd r && echo a >a && git add a &&
                        git -c user.name=a -c user.email=a@b commit -qm m && git gc -q && git clone -q . ../s && echo ok
                        """),
                Arguments.of("cargo", """
                        cargo init -q --offline --vcs none --name x x && cd x && cargo run -q --offline && echo ok
                        """),
                // println is the runtime's own: nothing else has to be compiled, and that already takes seconds.
                Arguments.of("go", """
                        printf 'package main\\nfunc main(){c:=make(chan int);go func(){c<-1}();<-c;println("ok")}' >m.go &&
                        CGO_ENABLED=0 go run m.go
                        """),
                Arguments.of("node", """
                        node -e 'const {Worker}=require("worker_threads");
                        require("fs").readFile("/etc/passwd",()=>{});
                        require("os").networkInterfaces();
                        require("child_process").execSync("true");
                        new Worker("1",{eval:true}).on("exit",()=>console.log("ok"))'
                        """),
                Arguments.of("python3", """
                        python3 -c 'import threading,subprocess,multiprocessing,socket,asyncio
                        t=threading.Thread(target=int); t.start(); t.join()
                        subprocess.check_call(["true"])
                        p=multiprocessing.Pool(2); assert p.map(abs,[-1,2])==[1,2]
                        s=socket.socket(); s.bind(("127.0.0.1",0)); s.listen()
                        c=socket.create_connection(s.getsockname())
                        asyncio.run(asyncio.sleep(0)); print("ok")'
                        """));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corpus")
    void programs_that_people_use_run_under_default(String program, String script) throws Exception {
        ConfinedProcess.assumeProgram(program);

        ConfinedProcess.Result result = ConfinedProcess.run(scratch, SyscallProfile.DEFAULT, "sh", "-c", script);

        assertThat(result.output()).as("status %d", result.status()).endsWith("ok\n");
        assertThat(result.status()).isZero();
    }

    @Test
    void every_installed_jdk_runs_threads_children_and_sockets_under_default() throws Exception {
        Files.writeString(scratch.resolve("Main.java"), """
                public class Main {
                    public static void main(String[] a) throws Exception {
                        Thread t = new Thread(() -> {}); t.start(); t.join();
                        new ProcessBuilder("true").start().waitFor();
                        var s = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                        new java.net.Socket(s.getInetAddress(), s.getLocalPort()).close();
                        java.net.NetworkInterface.getNetworkInterfaces();
                        System.out.println("ok");
                    }
                }
                """);
        for (Path home : javaHomes()) {
            ConfinedProcess.Result result = ConfinedProcess.run(
                    scratch, SyscallProfile.DEFAULT, home.resolve("bin/java").toString(), "/tmp/in/Main.java");
            assertThat(result.output())
                    .as("%s, status %d", home, result.status())
                    .endsWith("ok\n");
        }
    }

    private static List<Path> javaHomes() throws IOException {
        Path own = Path.of(System.getProperty("java.home"));
        Path folder = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(folder)) {
            return List.of(own);
        }
        try (Stream<Path> homes = Files.list(folder)) {
            return Stream.concat(Stream.of(own), homes.filter(home -> !Files.isSymbolicLink(home)))
                    .filter(home -> Files.isExecutable(home.resolve("bin/javac")))
                    .distinct()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "echo hi | cat",
                "sort </etc/passwd | grep -q root; ls -l / | wc -l; id; date; nproc",
                "exec cat /etc/passwd",
                "sleep 0.01 & wait; kill -0 $$"
            })
    void shell_pipelines_run_under_strict(String script) throws Exception {
        ConfinedProcess.Result result = ConfinedProcess.run(scratch, SyscallProfile.STRICT, "sh", "-ec", script);
        assertThat(result.status()).as(result.output()).isZero();
    }

    @Test
    void file_work_of_a_shell_script_runs_under_strict() throws Exception {
        ConfinedProcess.Result result = ConfinedProcess.run(scratch, SyscallProfile.STRICT, "sh", "-ec", """
                mkdir w; cd w
                mkdir a; touch a/x; cp a/x y; mv y z; ln -s z l; mkfifo f; chmod 600 z; tar cf t.tar a; gzip t.tar
                sha256sum t.tar.gz >sum; date >/dev/null; find . -type f | sort | xargs echo; timeout 5 sleep 0.01
                """);
        assertThat(result.output()).isEqualTo("./a/x ./sum ./t.tar.gz ./z\n");
        assertThat(result.status()).isZero();
    }

    @Test
    void a_statically_linked_program_runs_under_strict() throws Exception {
        ConfinedProcess.assumeProgram("gcc");
        Path source = Files.writeString(scratch.resolve("s.c"), "#include <stdio.h>\nint main(void){puts(\"ok\");}\n");
        Process gcc = new ProcessBuilder(
                        "gcc", "-static", "-o", scratch.resolve("s").toString(), source.toString())
                .redirectErrorStream(true)
                .start();
        assumeTrue(gcc.waitFor() == 0, "not run here: static libc: gcc -static failed");

        assertThat(ConfinedProcess.run(scratch, SyscallProfile.STRICT, "/tmp/in/s"))
                .isEqualTo(new ConfinedProcess.Result(0, "ok\n"));
    }

    @Test
    void a_call_by_the_32_bit_gate_kills_the_process() throws Exception {
        ConfinedProcess.assumeProgram("gcc");
        assumeTrue(Arch.current().orElseThrow() == Arch.X86_64, "not run here: int 0x80: not an x86-64 machine");
        // getpid by its i386 number; the filter must not take it for writev, which has number 20 on x86-64.
        Path source = Files.writeString(scratch.resolve("gate.c"), """
                #include <stdio.h>
                int main(void) {
                    long r = 20;
                    __asm__ volatile("int $0x80" : "+a"(r) : : "memory");
                    printf("still here: %ld\\n", r);
                }
                """);
        Process gcc = new ProcessBuilder("gcc", "-o", scratch.resolve("gate").toString(), source.toString()).start();
        assertThat(gcc.waitFor()).isZero();

        ConfinedProcess.Result result = ConfinedProcess.run(scratch, SyscallProfile.LOOSE, "/tmp/in/gate");

        assertThat(result).isEqualTo(new ConfinedProcess.Result(128 + 31, ""));
    }

    /** Names of calls and their arguments, with the errno that a job must see. */
    @Test
    void calls_that_must_not_work_do_not() throws Exception {
        ConfinedProcess.assumeProgram("perl");
        StringBuilder perl = new StringBuilder();
        List<String> denied = List.of(
                "ptrace 0 0 0",
                "io_uring_setup 1 0 0",
                "bpf 0 0 0",
                "perf_event_open 0 0 0",
                "userfaultfd 1 0 0",
                "keyctl 0 -3 0",
                "add_key 0 0 0",
                "mount 0 0 0",
                "setns 0 0 0",
                "unshare 268435456 0 0",
                "chroot 0 0 0",
                "pivot_root 0 0 0",
                "process_vm_readv 1 0 0",
                "kcmp 1 1 0",
                "pidfd_getfd 0 0 0",
                "memfd_secret 0 0 0",
                "open_by_handle_at 0 0 0",
                "name_to_handle_at 0 0 0",
                "seccomp 1 0 0",
                "init_module 0 0 0",
                "personality 262144 0 0",
                "ioctl 0 21522 0",
                "prctl 22 2 0",
                "clone 268435473 0 0",
                "socket 17 3 0",
                "socket 38 5 0",
                "socket 40 1 0",
                "socket 16 3 12",
                "socket 2 3 1",
                "socket 2 2 1",
                "socketpair 2 1 0",
                "mknodat 0 0 8612",
                "setsockopt 0 1 26",
                "syslog 3 0 0",
                "fsopen 0 0 0",
                "reboot 0 0 0");
        denied.forEach(call -> perl.append(attempt(call)));
        StringBuilder expected = new StringBuilder();
        denied.forEach(call -> expected.append(call).append(": 1\n"));
        for (String absent : List.of("clone3 0 0 0", "mbind 0 0 0", "cachestat 0 0 0")) {
            perl.append(attempt(absent));
            expected.append(absent).append(": 38\n");
        }
        perl.append(attempt("socket 2 1 262"));
        expected.append("socket 2 1 262: 93\n");
        if (Arch.current().orElseThrow() == Arch.X86_64) {
            perl.append("$! = 0; syscall(0x40000000 + 39); print 'x32 getpid: ', $!+0, \"\\n\";\n");
            expected.append("x32 getpid: 38\n");
        }
        Files.writeString(scratch.resolve("calls.pl"), perl);

        ConfinedProcess.Result result =
                ConfinedProcess.run(scratch, SyscallProfile.DEFAULT, "perl", "/tmp/in/calls.pl");

        assertThat(result.output()).isEqualTo(expected.toString());
    }

    private static String attempt(String call) {
        String[] words = call.split(" ");
        int number =
                SyscallTable.of(Arch.current().orElseThrow()).number(words[0]).orElseThrow();
        return "$! = 0; syscall(%d, %s, %s, %s, 0, 0); print '%s: ', $!+0, \"\\n\";\n"
                .formatted(number, words[1], words[2], words[3], call);
    }

    /**
     * The other denial action. Perl installs the filter with a listener, lets a child call ptrace, reads the
     * notification and answers it as the launcher does.
     */
    @Test
    void a_denied_call_reaches_the_listener_with_its_number_and_arguments() throws Exception {
        ConfinedProcess.assumeProgram("perl");
        Arch arch = Arch.current().orElseThrow();
        Files.write(
                scratch.resolve("notify.bpf"),
                Seccomp.filter(SyscallProfile.DEFAULT, arch, DenialAction.NOTIFY)
                        .bytes());
        Files.writeString(scratch.resolve("listener.pl"), """
                use strict;
                my ($seccomp, $ptrace) = @ARGV;
                open(my $f, '<:raw', '/tmp/in/notify.bpf') or die; local $/; my $bytes = <$f>;
                my $prog = pack('S x6 p', length($bytes) / 8, $bytes);
                my $fd = syscall($seccomp, 1, 8, $prog);
                die "listener: $!" if $fd < 0;
                my $child = fork();
                if ($child == 0) {
                    my $r = syscall($ptrace, 16, 7, 8, 9);
                    print "child saw ", $r, ' ', $!+0, "\\n";
                    exit 0;
                }
                open(my $listener, '+<&=', $fd) or die;
                my $notification = "\\0" x 80;
                ioctl($listener, 0xc0502100, $notification) or die "receive: $!";
                my ($id, $pid, $flags, $nr, $audit, $ip, $a0, $a1, $a2) = unpack('Q L L l L Q Q Q Q', $notification);
                printf "%d %x %d %d %d %s\\n", $nr, $audit, $a0, $a1, $a2, $pid == $child ? 'child' : 'other';
                my $answer = pack('Q q l L', $id, 0, -1, 0);
                $| = 1; print '';
                ioctl($listener, 0xc0182101, $answer) or die "send: $!";
                waitpid($child, 0);
                """);
        int seccomp = SyscallTable.of(arch).number("seccomp").orElseThrow();
        int ptrace = SyscallTable.of(arch).number("ptrace").orElseThrow();

        ConfinedProcess.Result result = ConfinedProcess.run(
                scratch, SyscallProfile.LOOSE, "perl", "/tmp/in/listener.pl", "" + seccomp, "" + ptrace);

        assertThat(result.output()).isEqualTo("%d %x 16 7 8 child\nchild saw -1 1\n".formatted(ptrace, arch.audit()));
    }
}
