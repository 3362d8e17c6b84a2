package dev.mayfly.platform.probe;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.probe.HostCommands.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The launcher, the compiler that makes it, and bubblewrap, which stands in for it. */
final class ProgramProbe implements Probe {
    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
    /** The compiler comes as the first argument. Nothing is written but in a folder of its own. */
    private static final String COMPILE_STATIC =
            "d=$(mktemp -d) && trap 'rm -rf \"$d\"' EXIT && echo 'int main(void) { return 0; }' >\"$d/a.c\""
                    + " && \"$0\" -static -o \"$d/a\" \"$d/a.c\" && \"$d/a\"";

    @Override
    public List<String> names() {
        return List.of("launcher", "c-compiler", "bwrap");
    }

    @Override
    public List<Capability> examine(Host host) {
        return List.of(launcher(host), compiler(host), bubblewrap(host));
    }

    private static Capability launcher(Host host) {
        return switch (host.launcher()) {
            case LauncherBinary.Missing missing -> Capability.unavailable("launcher", missing.why(), missing.fix());
            case LauncherBinary.Found found -> {
                Outcome usage = host.commands().run(List.of(found.path().toString()));
                yield usage.output().startsWith("usage: mayfly-launcher")
                        ? Capability.active("launcher", found.path() + " (" + found.origin() + ")")
                        : Capability.unavailable(
                                "launcher",
                                found.path() + " does not run here: " + usage.complaint(),
                                "build it on this machine: apt-get install gcc libc6-dev && ./verify");
            }
        };
    }

    private static Capability compiler(Host host) {
        String install = "apt-get install gcc libc6-dev";
        Optional<Path> found = COMPILERS.stream()
                .flatMap(name -> host.commands().find(name).stream())
                .findFirst();
        if (found.isEmpty()) {
            return Capability.unavailable("c-compiler", "none of " + COMPILERS + " is on PATH", install);
        }
        Outcome compiled = host.commands()
                .run(List.of("sh", "-c", COMPILE_STATIC, found.get().toString()));
        return compiled.ok()
                ? Capability.active("c-compiler", found.get() + " links static programs")
                : Capability.degraded(
                        "c-compiler", found.get() + " cannot link a static program: " + compiled.complaint(), install);
    }

    private static Capability bubblewrap(Host host) {
        Optional<Path> found = host.commands().find("bwrap");
        if (found.isEmpty()) {
            return Capability.unavailable("bwrap", "bwrap is not on PATH", "apt-get install bubblewrap");
        }
        String program = found.get().toString();
        Outcome tried = host.commands()
                .run(List.of(
                        program,
                        "--ro-bind",
                        "/",
                        "/",
                        "--proc",
                        "/proc",
                        "--dev",
                        "/dev",
                        "--unshare-user",
                        "--unshare-all",
                        "true"));
        return tried.ok()
                ? Capability.active(
                        "bwrap",
                        host.commands().run(List.of(program, "--version")).firstLine() + ", all namespaces tried")
                : Capability.unavailable("bwrap", tried.complaint(), "see user-ns and net-ns above");
    }
}
