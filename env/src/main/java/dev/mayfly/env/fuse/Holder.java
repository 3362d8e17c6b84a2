package dev.mayfly.env.fuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The process that mounts a view and holds its descriptors, so that servers can come and go ({@code holder.c} tells how). It
 * outlives the process that starts it; {@link HeldMount#join} is how a server, this process or another, gets to serve.
 *
 * @param pid of the holder, whose namespaces are those of the mount: {@code /proc/PID/ns/mnt}
 * @param socket where servers ask for their turn
 * @param point where the view is, in the namespace of the holder
 */
public record Holder(long pid, Path socket, Path point) {
    /**
     * How to mount.
     *
     * @param socket must not exist, in a folder of this user
     * @param point an empty folder
     * @param threads as many descriptors are made
     * @param grace how long callers wait without any server before they get an error
     * @param ownNamespace mount in a user and mount namespace of the holder's own, which needs no privilege
     * @param everybody whether users other than this one may see the view
     * @param supervision what else the holder looks after
     */
    public record Plan(
            Path socket,
            Path point,
            int threads,
            Duration grace,
            boolean ownNamespace,
            boolean everybody,
            Optional<Supervision> supervision) {
        /** Servers come by themselves. */
        public Plan(Path socket, Path point, int threads, Duration grace, boolean ownNamespace, boolean everybody) {
            this(socket, point, threads, grace, ownNamespace, everybody, Optional.empty());
        }
    }

    /**
     * The holder starts a server whenever there is none, and takes the mount away when nobody needs its place any more; copies
     * of the mount in other namespaces are served until the last is gone. At the end the point and its folder are removed.
     *
     * @param users a file that everybody who may yet need the point has locked, shared (flock(2))
     * @param linger how long the mount stays at its point without them
     * @param log what servers write their errors to
     * @param server the program that is started, and its arguments
     */
    public record Supervision(Path users, Duration linger, Path log, List<String> server) {
        public Supervision {
            server = List.copyOf(server);
        }
    }

    /**
     * Starts one.
     *
     * @throws MayflyException {@code FUSE_MISSING}, {@code FUSE_NOT_LOADED}, {@code FUSE_DENIED},
     *     {@code MOUNT_POINT_MISSING} or {@code NAMESPACE_DENIED} with how to get it, {@code VIEW_UNAVAILABLE} for the rest
     */
    public static Holder start(Plan plan) {
        Path program = HolderBinary.locate()
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE,
                        "a view cannot be held",
                        "there is no program mayfly-holder; it is built from source, and needs a C compiler then",
                        "apt-get install gcc libc6-dev && ./verify   # or name one: export " + HolderBinary.ENVIRONMENT
                                + "=/path/to/mayfly-holder"));
        FuseSupport.probe(plan.point()).orThrow();
        return new Holder(pid(plan, start(command(program, plan))), plan.socket(), plan.point());
    }

    private static List<String> command(Path program, Plan plan) {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                plan.socket().toString(),
                plan.point().toString(),
                Integer.toString(plan.threads()),
                Long.toString(plan.grace().toSeconds()),
                plan.everybody() ? "allow_other" : ""));
        if (plan.ownNamespace()) {
            command.add("own-namespace");
        }
        plan.supervision().ifPresent(each -> {
            command.addAll(List.of(
                    "supervise",
                    each.users().toString(),
                    Long.toString(each.linger().toSeconds()),
                    each.log().toString()));
            command.addAll(each.server());
        });
        return command;
    }

    private static Process start(List<String> command) {
        try {
            ProcessBuilder holder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            // The program that runs is the one that serves, however new its sources are.
            holder.environment().put("MAYFLY_NO_BUILD", "1");
            return holder.start();
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "a view cannot be held",
                    String.valueOf(e),
                    "build the program again",
                    e);
        }
    }

    /** Reads the one line that the holder says. */
    private static long pid(Plan plan, Process process) {
        String line;
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            line = Optional.ofNullable(said.readLine()).orElse("");
        } catch (IOException e) {
            line = "";
        }
        String[] words = line.split(" ", -1);
        if (words.length == 2 && words[0].equals("ready")) {
            return Long.parseLong(words[1]);
        }
        throw failure(plan, words.length == 3 ? words[1] : "start", words.length == 3 ? Integer.parseInt(words[2]) : 0);
    }

    private static MayflyException failure(Plan plan, String step, int errno) {
        return switch (step) {
            case "/dev/fuse" -> FuseSupport.closed(errno);
            case "mount" -> FuseSupport.refused(plan.point(), errno);
            case "unshare", "private", "/proc/self/uid_map", "/proc/self/gid_map", "/proc/self/setgroups" ->
                new MayflyException(
                        ErrorCode.NAMESPACE_DENIED,
                        "no namespace can be made to mount a view in",
                        step + " says errno " + errno,
                        "sysctl -w user.max_user_namespaces=10000   # as root; on Ubuntu also "
                                + "kernel.apparmor_restrict_unprivileged_userns=0");
            default ->
                new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE,
                        "a view cannot be held at " + plan.point(),
                        step + " says errno " + errno,
                        "look at the folder of " + plan.socket() + ", which must be short and not be there yet");
        };
    }
}
