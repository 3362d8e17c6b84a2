package dev.mayfly.sandbox.seccomp;

import static dev.mayfly.sandbox.seccomp.Answer.allowIf;
import static dev.mayfly.sandbox.seccomp.Answer.denyIf;
import static dev.mayfly.sandbox.seccomp.Condition.all;
import static dev.mayfly.sandbox.seccomp.Condition.any;
import static dev.mayfly.sandbox.seccomp.Condition.is;
import static dev.mayfly.sandbox.seccomp.Condition.masked;
import static dev.mayfly.sandbox.seccomp.Condition.not;

import dev.mayfly.sandbox.box.SyscallProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The three allowlists. A call that is in none of these lists is denied and recorded.
 *
 * <ul>
 *   <li><b>strict</b>: one thread per process, no sockets, no memory that is both writable and executable. Shell
 *       pipelines, plain C programs, small scripts.
 *   <li><b>default</b>: compilers, interpreters, JITs, build tools, servers on the box's own network. No way to hand the
 *       kernel a BPF program (seccomp, socket filters): attackers use its JIT, and a filter of the job's own would also
 *       outrank ours and hide denials.
 *   <li><b>loose</b>: default plus debugging and profiling inside the box, own seccomp filters, NUMA placement.
 * </ul>
 *
 * <p>In none of them: namespaces and mounts, keyrings (not namespaced), io_uring (carries out calls that no filter
 * sees), bpf, perf, userfaultfd, modules, clocks, swap, raw and exotic sockets, terminal injection.
 */
final class Profiles {
    private Profiles() {}

    /** By name; names of both architectures together. */
    static Map<String, Answer> answers(SyscallProfile profile) {
        Map<String, Answer> answers = new HashMap<>();
        everywhere(answers);
        switch (profile) {
            case STRICT -> strict(answers);
            case DEFAULT -> standard(answers);
            case LOOSE -> {
                standard(answers);
                loose(answers);
            }
        }
        return Map.copyOf(answers);
    }

    private static void everywhere(Map<String, Answer> answers) {
        put(answers, SyscallGroups.FILES, Answer.ALLOW);
        put(answers, SyscallGroups.MEMORY, Answer.ALLOW);
        put(answers, SyscallGroups.PROCESSES, Answer.ALLOW);
        put(answers, SyscallGroups.RUNTIME, Answer.ALLOW);
        put(answers, SyscallGroups.TRACED_FROM_OUTSIDE, Answer.ALLOW);
        put(answers, SyscallGroups.SIGNALS, Answer.ALLOW);
        put(answers, SyscallGroups.TIME, Answer.ALLOW);
        put(answers, SyscallGroups.WAITING, Answer.ALLOW);
        put(answers, SyscallGroups.SOCKET_QUESTION, Answer.ALLOW);
        answers.put("mknod", allowIf(notADevice(1)));
        answers.put("mknodat", allowIf(notADevice(2)));
        put(answers, SyscallGroups.DEAD, Answer.NO_SUCH_CALL);
        put(answers, SyscallGroups.NUMA, Answer.NO_SUCH_CALL);
        put(answers, SyscallGroups.YOUNG_PROBES, Answer.NO_SUCH_CALL);
        // Its flags are in memory, where a filter cannot look; the C library falls back to clone.
        answers.put("clone3", Answer.NO_SUCH_CALL);
    }

    private static void strict(Map<String, Answer> answers) {
        answers.put("clone", allowIf(masked(0, Flag.CLONE_NEW | Flag.CLONE_THREAD, 0)));
        answers.put("mmap", allowIf(notWritableAndExecutable(2)));
        answers.put("mprotect", allowIf(masked(2, Flag.PROT_EXEC, 0)));
        answers.put("ioctl", allowIf(is(1, Flag.HARMLESS_IOCTLS)));
        answers.put("prctl", allowIf(is(0, Flag.HARMLESS_PRCTLS)));
        // The C library asks a name service daemon over AF_UNIX about every user and group that ls or id shows.
        answers.put("socket", new Answer.Check(is(0, Flag.AF_UNIX), new Answer.Absent(Flag.EAFNOSUPPORT), Answer.DENY));
    }

    private static void standard(Map<String, Answer> answers) {
        for (List<String> group : List.of(
                SyscallGroups.MORE_FILES,
                SyscallGroups.MORE_MEMORY,
                SyscallGroups.THREADS,
                SyscallGroups.MORE_PROCESSES,
                SyscallGroups.EVENTS,
                SyscallGroups.IPC,
                SyscallGroups.SOCKETS,
                SyscallGroups.SELF_RESTRICTION)) {
            put(answers, group, Answer.ALLOW);
        }
        put(answers, SyscallGroups.HOST_WIDE_BUDGET, Answer.NO_SUCH_CALL);
        answers.put("mmap", Answer.ALLOW);
        answers.put("mprotect", Answer.ALLOW);
        answers.put("clone", allowIf(masked(0, Flag.CLONE_NEW, 0)));
        answers.put("ioctl", denyIf(is(1, Flag.TERMINAL_IOCTLS)));
        answers.put(
                "prctl",
                denyIf(is(
                        0,
                        Flag.PR_SET_SECCOMP,
                        Flag.PR_SET_MM,
                        Flag.PR_SET_SYSCALL_USER_DISPATCH,
                        Flag.PR_SCHED_CORE)));
        answers.put("personality", allowIf(is(0, Flag.PER_LINUX, Flag.PER_QUERY)));
        answers.put("socket", socket());
        answers.put("socketpair", allowIf(is(0, Flag.AF_UNIX)));
        answers.put("setsockopt", denyIf(all(is(1, Flag.SOL_SOCKET), is(2, Flag.FILTER_OPTIONS))));
    }

    private static void loose(Map<String, Answer> answers) {
        put(answers, SyscallGroups.DEBUGGING, Answer.ALLOW);
        put(answers, SyscallGroups.SELDOM, Answer.ALLOW);
        put(answers, SyscallGroups.NUMA, Answer.ALLOW);
        put(answers, SyscallGroups.YOUNG_PROBES, Answer.ALLOW);
        answers.put("prctl", denyIf(is(0, Flag.PR_SET_MM, Flag.PR_SCHED_CORE)));
        answers.put("personality", allowIf(is(0, Flag.LOOSE_PERSONALITIES)));
        answers.put("unshare", allowIf(masked(0, Flag.CLONE_NEW | Flag.CLONE_NEWTIME, 0)));
        answers.put("setsockopt", Answer.ALLOW);
    }

    /**
     * AF_UNIX stays usable: the box has its own network and mount namespace, so there is no socket of the host to find,
     * and programs need it (name service lookups, language servers, databases under test). NETLINK_ROUTE lists
     * interfaces, which name resolution asks for at every turn; changing anything through it takes capabilities that no
     * job has. MPTCP is answered as by a kernel without it, because the Go library tries it for every listener.
     */
    private static Answer socket() {
        Condition unix = all(
                is(0, Flag.AF_UNIX), masked(1, Flag.SOCK_TYPE, Flag.SOCK_STREAM, Flag.SOCK_DGRAM, Flag.SOCK_SEQPACKET));
        Condition internet = all(
                is(0, Flag.AF_INET, Flag.AF_INET6),
                any(
                        all(masked(1, Flag.SOCK_TYPE, Flag.SOCK_STREAM), is(2, 0, Flag.IPPROTO_TCP)),
                        all(masked(1, Flag.SOCK_TYPE, Flag.SOCK_DGRAM), is(2, 0, Flag.IPPROTO_UDP))));
        Condition route = all(
                is(0, Flag.AF_NETLINK),
                masked(1, Flag.SOCK_TYPE, Flag.SOCK_RAW, Flag.SOCK_DGRAM),
                is(2, Flag.NETLINK_ROUTE));
        Condition multipath = all(
                is(0, Flag.AF_INET, Flag.AF_INET6),
                masked(1, Flag.SOCK_TYPE, Flag.SOCK_STREAM),
                is(2, Flag.IPPROTO_MPTCP));
        return new Answer.Check(
                any(unix, internet, route),
                Answer.ALLOW,
                new Answer.Check(multipath, new Answer.Absent(Flag.EPROTONOSUPPORT), Answer.DENY));
    }

    private static Condition notWritableAndExecutable(int argument) {
        int both = Flag.PROT_WRITE | Flag.PROT_EXEC;
        return not(masked(argument, both, both));
    }

    /** Regular files, FIFOs and sockets; mode 0 means regular file. */
    private static Condition notADevice(int argument) {
        return masked(argument, Flag.S_IFMT, 0, Flag.S_IFREG, Flag.S_IFIFO, Flag.S_IFSOCK);
    }

    private static void put(Map<String, Answer> answers, List<String> names, Answer answer) {
        for (String name : names) {
            answers.put(name, answer);
        }
    }
}
