package dev.mayfly.platform.probe;

import dev.mayfly.platform.linux.CallResult;
import java.util.List;
import java.util.regex.Pattern;

/** User ids of jobs, seccomp filters with and without a listener, and Landlock. */
final class ConfinementProbe implements Probe {
    private static final int SECCOMP_RET_KILL_PROCESS = 0x80000000;
    private static final int SECCOMP_RET_USER_NOTIF = 0x7fc00000;

    /** The map of the machine's first user namespace, user_namespaces(7). */
    private static final Pattern FIRST_NAMESPACE = Pattern.compile("\\s*0\\s+0\\s+4294967295\\s*");

    private static final String REBUILD = "use a kernel built with CONFIG_SECCOMP_FILTER";

    @Override
    public List<String> names() {
        return List.of("uid", "seccomp", "seccomp-notify", "landlock");
    }

    @Override
    public List<Capability> examine(Host host) {
        return List.of(uid(host), seccomp(host), notify(host), landlock(host));
    }

    /** Root of a user namespace that has but a few ids is no better off than an ordinary user. */
    private static Capability uid(Host host) {
        String map = host.files().read("/proc/self/uid_map").orElse("");
        boolean allIds = map.isEmpty() || FIRST_NAMESPACE.matcher(map).matches();
        if (host.kernel().superUser() && allIds) {
            return Capability.active("uid", "every slot gives its jobs user ids that nobody else has");
        }
        String why = host.kernel().superUser() ? "this root's user namespace has few user ids" : "this is not root";
        return Capability.degraded(
                "uid",
                why + ": jobs run under the user id of the service, in a user namespace of their own",
                "sudo ./mayfly up   # or accept it: take uid out of layers.required in a policy of your own");
    }

    private static Capability seccomp(Host host) {
        CallResult kill = host.kernel().seccompAction(SECCOMP_RET_KILL_PROCESS);
        return kill.ok()
                ? Capability.active("seccomp", "filters, with KILL_PROCESS")
                : Capability.unavailable(
                        "seccomp", "the kernel refuses filters: " + kill.errno().describe(), REBUILD);
    }

    private static Capability notify(Host host) {
        CallResult action = host.kernel().seccompAction(SECCOMP_RET_USER_NOTIF);
        CallResult size = host.kernel().seccompNotification();
        return action.ok() && size.ok()
                ? Capability.active(
                        "seccomp-notify", "denied calls can be recorded (notification of " + size.value() + " bytes)")
                : Capability.unavailable(
                        "seccomp-notify",
                        "denied calls fail unseen: "
                                + (action.ok() ? size : action).errno().describe(),
                        "upgrade the kernel to 5.0 or newer");
    }

    private static Capability landlock(Host host) {
        CallResult abi = host.kernel().landlockAbi();
        if (!abi.ok()) {
            return Capability.unavailable(
                    "landlock",
                    abi.errno().describe(),
                    "boot with landlock in the lsm= list (CONFIG_SECURITY_LANDLOCK=y, CONFIG_LSM=\"landlock,...\")");
        }
        String evidence = "ABI " + abi.value() + ": " + rights(abi.value());
        // ABI 6 scopes signals and abstract sockets, which other slots of this machine may have.
        return abi.value() >= 6
                ? Capability.active("landlock", evidence)
                : Capability.degraded("landlock", evidence, "upgrade the kernel to 6.12 or newer for all of it");
    }

    private static String rights(long abi) {
        StringBuilder text = new StringBuilder("files");
        text.append(abi >= 2 ? ", links and renames" : "");
        text.append(abi >= 3 ? ", truncation" : "");
        text.append(abi >= 4 ? ", TCP ports" : "");
        text.append(abi >= 5 ? ", device ioctls" : "");
        text.append(abi >= 6 ? ", signals and abstract sockets" : "");
        return text.toString();
    }
}
