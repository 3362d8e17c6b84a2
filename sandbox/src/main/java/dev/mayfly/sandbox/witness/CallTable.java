package dev.mayfly.sandbox.witness;

import dev.mayfly.sandbox.seccomp.Arch;
import dev.mayfly.sandbox.seccomp.SyscallName;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What to note of a refused system call, and how to say it. A call that is not here is noted by its name alone: its
 * objects are descriptors, and no path is worth more than the name of the call then.
 */
final class CallTable {
    private static final int NONE = -1;

    /** How the kernel's side reads the two things it may note; the words of {@code ExitProgram}. */
    enum Reading {
        /** A path, and an argument as it is. */
        PLAIN(0),
        /** A socket address: its first four bytes, and the path of a Unix socket. */
        SOCKET_ADDRESS(1),
        /** A path, and the first eight bytes behind a pointer: the flags of struct open_how. */
        POINTED_DETAIL(2),
        /** A question whose answer is no; nothing was tried. */
        QUESTION(3);

        private final int word;

        Reading(int word) {
            this.word = word;
        }

        /** As the program in the kernel knows it. */
        int word() {
            return word;
        }
    }

    /** What the detail of a call means. */
    enum Detail {
        NOTHING,
        OPEN_FLAGS,
        PROCESS,
        ID,
        SOCKET
    }

    /**
     * @param path which argument is a path or socket address; -1 = none
     * @param detailAt which argument is the detail; -1 = none
     * @param verb what the job wanted to do
     */
    record Call(Reading reading, int path, int detailAt, Detail detail, String verb) {
        /** The form that the program in the kernel reads: two argument numbers plus one, and the way of reading. */
        int encoded() {
            return (path + 1)
                    | (detailAt + 1) << ExitProgram.DETAIL_SHIFT
                    | reading.word() << ExitProgram.READING_SHIFT;
        }
    }

    private static final Map<String, Call> CALLS = calls();

    private CallTable() {}

    /** By number of this architecture's system calls. */
    static Map<Integer, Call> of(Arch arch) {
        Map<Integer, Call> numbered = new HashMap<>();
        CALLS.forEach((name, call) -> {
            OptionalInt number = SyscallName.number(arch, name);
            number.ifPresent(known -> numbered.put(known, call));
        });
        return Map.copyOf(numbered);
    }

    private static Map<String, Call> calls() {
        Map<String, Call> calls = new HashMap<>();
        files(calls);
        for (String name : new String[] {"access", "faccessat", "faccessat2"}) {
            calls.put(name, new Call(Reading.QUESTION, NONE, NONE, Detail.NOTHING, ""));
        }
        for (String name : new String[] {"connect", "bind"}) {
            calls.put(name, new Call(Reading.SOCKET_ADDRESS, 1, NONE, Detail.SOCKET, name));
        }
        for (String name : new String[] {"kill", "tkill", "pidfd_open", "rt_sigqueueinfo", "setpgid", "getsid"}) {
            calls.put(name, detail(0, Detail.PROCESS, name));
        }
        calls.put("tgkill", detail(1, Detail.PROCESS, "tgkill"));
        calls.put("rt_tgsigqueueinfo", detail(1, Detail.PROCESS, "rt_tgsigqueueinfo"));
        for (String name : new String[] {"setuid", "setgid"}) {
            calls.put(name, detail(0, Detail.ID, name));
        }
        // The second of real, effective and saved: what the process would act as.
        for (String name : new String[] {"setreuid", "setregid", "setresuid", "setresgid"}) {
            calls.put(name, detail(1, Detail.ID, name));
        }
        return Map.copyOf(calls);
    }

    private static void files(Map<String, Call> calls) {
        calls.put("open", new Call(Reading.PLAIN, 0, 1, Detail.OPEN_FLAGS, "open"));
        calls.put("openat", new Call(Reading.PLAIN, 1, 2, Detail.OPEN_FLAGS, "open"));
        calls.put("openat2", new Call(Reading.POINTED_DETAIL, 1, 2, Detail.OPEN_FLAGS, "open"));
        first(calls, "write", "creat", "truncate");
        first(calls, "remove", "unlink", "rmdir");
        first(calls, "create", "mkdir", "mknod");
        first(calls, "rename", "rename");
        first(calls, "link", "link");
        first(calls, "change the mode of", "chmod");
        first(calls, "change the owner of", "chown", "lchown");
        first(calls, "change the times of", "utime", "utimes");
        first(calls, "change attributes of", "setxattr", "lsetxattr", "removexattr", "lremovexattr");
        first(calls, "read attributes of", "getxattr", "lgetxattr", "listxattr", "llistxattr");
        first(calls, "execute", "execve");
        first(calls, "enter", "chdir");
        first(calls, "look at", "stat", "lstat", "readlink", "statfs");
        second(calls, "remove", "unlinkat");
        second(calls, "create", "mkdirat", "mknodat", "symlink");
        second(calls, "rename", "renameat", "renameat2");
        second(calls, "link", "linkat");
        second(calls, "change the mode of", "fchmodat", "fchmodat2");
        second(calls, "change the owner of", "fchownat");
        second(calls, "change the times of", "utimensat", "futimesat");
        second(calls, "change attributes of", "setxattrat", "removexattrat");
        second(calls, "read attributes of", "getxattrat", "listxattrat");
        second(calls, "execute", "execveat");
        second(calls, "look at", "newfstatat", "statx", "readlinkat");
        second(calls, "watch", "inotify_add_watch");
        calls.put("symlinkat", new Call(Reading.PLAIN, 2, NONE, Detail.NOTHING, "create"));
    }

    private static void first(Map<String, Call> calls, String verb, String... names) {
        put(calls, 0, verb, names);
    }

    private static void second(Map<String, Call> calls, String verb, String... names) {
        put(calls, 1, verb, names);
    }

    private static void put(Map<String, Call> calls, int path, String verb, String... names) {
        for (String name : names) {
            calls.put(name, new Call(Reading.PLAIN, path, NONE, Detail.NOTHING, verb));
        }
    }

    private static Call detail(int at, Detail detail, String verb) {
        return new Call(Reading.PLAIN, NONE, at, detail, verb);
    }
}
