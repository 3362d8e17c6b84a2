package dev.mayfly.sandbox.bwrap;

import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.HostBind;
import dev.mayfly.sandbox.image.RuntimeImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line of one run, from the outside in: shell, setpriv, bwrap, env, the command. Pure. */
final class BwrapCommand {
    /**
     * Enters the control groups, sets what limits a shell can set, opens the filter (3), the status file (4) and the
     * answer about host places (5, if there are any) while it still may, and becomes the rest of the command line. Exit code 70 before that is a failed set-up.
     */
    private static final String ENTER = """
            exec 3<"$1" 4>"$2" || exit 70
            if [ -n "$3" ]; then exec 5>"$3" || exit 70; fi
            shift
            ulimit -c 0; ulimit -f "$3" 2>/dev/null; ulimit -n "$4" 2>/dev/null
            limit() { # option, value; a hard limit that is lower already holds
                ulimit "$1" "$2" 2>/dev/null || [ "$(ulimit -H "$1")" -le "$2" ] || exit 70
            }
            if [ "$5" -gt 0 ]; then ulimit -S -t "$5" 2>/dev/null; limit -t $(($5+1)); ulimit -S -t "$5" || exit 70; fi
            if [ "$6" -gt 0 ]; then limit -v "$6"; fi
            n=$7; shift 7
            while [ "$n" -gt 0 ]; do echo 0 > "$1" || exit 70; shift; n=$((n-1)); done
            exec "$@"
            """;

    /** The unit of ulimit -f in POSIX. */
    private static final int BLOCK = 512;

    private static final int KIB = 1024;

    private static final int INSIDE_ID = 1000;

    /**
     * Inside the box, where only its own processes count (since Linux 5.14 RLIMIT_NPROC counts within a user namespace).
     * The option is -p in dash and busybox and -u in bash, where -p cannot be set.
     */
    private static final String LIMIT_PROCESSES = """
            n=$1; shift
            ulimit -p "$n" 2>/dev/null || ulimit -u "$n" || exit 126
            exec "$@"
            """;

    /** Which limits have no control group, so that resource limits must stand in. */
    record Missing(boolean memory, boolean pids) {}

    private BwrapCommand() {}

    /**
     * Where things of this run are.
     *
     * @param workspace a prepared folder for /workspace; empty = bubblewrap makes a private file system
     */
    record Places(
            Path filter,
            Path status,
            PinnedBinds binds,
            Optional<Path> workspace,
            Optional<Path> tmp,
            List<Path> joinFiles) {}

    static List<String> of(
            BwrapTools tools, RuntimeImage image, BoxSpec spec, Optional<Long> uid, Places places, Missing missing) {
        List<String> line = new ArrayList<>(List.of(tools.shell().toString(), "-c", ENTER, "sh"));
        line.add(places.filter().toString());
        line.add(places.status().toString());
        line.add(places.binds().isEmpty() ? "" : places.binds().answer().toString());
        line.add(Long.toString(Math.max(1, spec.limits().fileSizeBytes() / BLOCK)));
        line.add(Long.toString(spec.limits().openFiles()));
        long cpuMillis = spec.limits().cpu().toMillis();
        // Per process only, and in seconds: a second line behind the counter of the whole tree, if there is one.
        line.add(cpuMillis > 0 ? Long.toString(cpuMillis / 1000 + 2) : "0");
        line.add(missing.memory() ? Long.toString(Math.max(1, spec.limits().memoryBytes() / KIB)) : "0");
        line.add(Integer.toString(places.joinFiles().size()));
        places.joinFiles().forEach(file -> line.add(file.toString()));
        ownProcesses(line, tools, uid);
        line.add(tools.bwrap().toString());
        isolation(line);
        root(line, image, spec, places);
        line.add("--");
        if (!places.binds().isEmpty()) {
            line.addAll(List.of(tools.shell().toString(), "-c", PinnedBinds.COMPARE, "sh"));
            line.add(tools.stat().toString());
            line.addAll(places.binds().arguments());
        }
        if (missing.pids()) {
            line.addAll(List.of(tools.shell().toString(), "-c", LIMIT_PROCESSES, "sh"));
            line.add(Long.toString(spec.limits().pids()));
        }
        command(line, tools, spec);
        return line;
    }

    /**
     * The outer process namespace is there for its end: bubblewrap leaves its inner init to be reaped by process 1 of
     * the machine, which may do that late or, in a container, never; and a zombie still counts against the pids limit.
     * When the outer namespace ends the kernel reaps all of it before unshare returns.
     */
    private static void ownProcesses(List<String> line, BwrapTools tools, Optional<Long> uid) {
        if (tools.setpriv().isEmpty() || tools.unshare().isEmpty()) {
            return; // only without root: see BwrapTools
        }
        String setpriv = tools.setpriv().get().toString();
        line.addAll(List.of(setpriv, "--pdeathsig", "KILL"));
        line.add(tools.unshare().get().toString());
        if (uid.isEmpty()) {
            line.addAll(List.of("--user", "--map-current-user")); // gives the right to make the other one
        }
        line.addAll(List.of("--pid", "--fork", "--kill-child"));
        uid.ifPresent(id -> line.addAll(List.of(setpriv, "--reuid", "" + id, "--regid", "" + id, "--clear-groups")));
    }

    private static void isolation(List<String> line) {
        line.addAll(List.of(
                "--unshare-user",
                "--unshare-pid",
                "--unshare-net",
                "--unshare-ipc",
                "--unshare-uts",
                "--unshare-cgroup-try",
                "--disable-userns",
                "--die-with-parent",
                "--new-session",
                "--cap-drop",
                "ALL"));
        line.addAll(List.of("--uid", "" + INSIDE_ID, "--gid", "" + INSIDE_ID, "--hostname", RuntimeImage.HOSTNAME));
        line.addAll(List.of("--seccomp", "3", "--json-status-fd", "4", "--clearenv"));
    }

    private static void root(List<String> line, RuntimeImage image, BoxSpec spec, Places places) {
        for (RuntimeImage.Bind bind : image.binds()) {
            line.addAll(List.of("--ro-bind", bind.host().toString(), bind.target()));
        }
        for (RuntimeImage.Link link : image.links()) {
            line.addAll(List.of("--symlink", link.content(), link.path()));
        }
        line.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        folder(line, spec, "/tmp", places.tmp());
        folder(line, spec, "/workspace", places.workspace());
        for (HostBind bind : spec.binds()) {
            line.addAll(List.of(
                    bind.writable() ? "--bind" : "--ro-bind", bind.host().toString(), bind.target()));
        }
        line.addAll(List.of("--remount-ro", "/", "--chdir", spec.cwd()));
    }

    private static void folder(List<String> line, BoxSpec spec, String target, Optional<Path> prepared) {
        if (prepared.isPresent()) {
            line.addAll(List.of("--bind", prepared.get().toString(), target));
        } else {
            String mode = target.equals("/tmp") ? "1777" : "0755";
            line.addAll(List.of("--perms", mode, "--size", "" + spec.limits().diskBytes(), "--tmpfs", target));
        }
    }

    /**
     * env sets exactly the variables that were asked for (bubblewrap would add PWD), and answers 126 and 127 for what
     * cannot be executed. It would take a command with an equals sign for a variable; a shell steps in for that.
     */
    private static void command(List<String> line, BwrapTools tools, BoxSpec spec) {
        line.add(tools.env().toString());
        line.add("-i");
        spec.env().forEach((name, value) -> line.add(name + "=" + value));
        if (spec.argv().getFirst().contains("=")) {
            line.addAll(List.of(tools.shell().toString(), "-c", "exec \"$0\" \"$@\""));
        }
        line.addAll(spec.argv());
    }
}
