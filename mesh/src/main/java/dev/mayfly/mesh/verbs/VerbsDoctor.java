package dev.mayfly.mesh.verbs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.platform.linux.bpf.Uprobe;
import dev.mayfly.platform.linux.elf.ElfSymbols;
import dev.mayfly.platform.probe.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Whether services can be traced here, found out by doing it for a moment. */
public final class VerbsDoctor {
    public static final String ROW = "mesh-tracing";

    static final String FIX =
            "run as root (or with CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN) outside of containers, on Linux 5.8 or newer"
                    + " with CONFIG_UPROBE_EVENTS";

    /** Has this name in every JDK, and is called once in the life of a process. */
    private static final String HARMLESS = "JNI_OnLoad";

    private VerbsDoctor() {}

    /** Why not, when it is known without trying. */
    private static Optional<String> hindrance() {
        String system = System.getProperty("os.name", "");
        if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
            return Optional.of("it needs Linux; this is " + system);
        }
        if (Machine.current() == Machine.OTHER) {
            return Optional.of("the layout of registers is known of x86-64 and aarch64; this is "
                    + System.getProperty("os.arch", ""));
        }
        return Uprobe.known()
                ? Optional.empty()
                : Optional.of("this kernel has no uprobes: /sys/bus/event_source/devices/uprobe is missing");
    }

    static void require() {
        hindrance().ifPresent(why -> {
            throw new MayflyException(ErrorCode.TRACING_UNAVAILABLE, "Services cannot be traced here", why, FIX);
        });
    }

    /** Tries it on a copy of the library, or where there is none on one of the JDK that runs this. */
    public static Capability row() {
        Optional<String> hindrance = hindrance();
        if (hindrance.isPresent()) {
            return Capability.unavailable(ROW, hindrance.get(), FIX);
        }
        List<Path> libraries =
                VerbsOptions.USUAL.always().stream().filter(Files::exists).toList();
        try {
            if (libraries.isEmpty()) {
                Path stand = Path.of(System.getProperty("java.home", ""), "lib", "libjava.so");
                VerbsTracer.tryOut(stand, place(stand, HARMLESS));
            } else {
                VerbsTracer.tryOut(libraries.getFirst(), place(libraries.getFirst(), Attachment.CHANGE));
            }
        } catch (MayflyException e) {
            return Capability.unavailable(ROW, e.what() + ": " + e.why(), FIX);
        } catch (IOException e) {
            return Capability.unavailable(ROW, "no probe could be tried: " + e.getMessage(), FIX);
        }
        String where = libraries.isEmpty()
                ? "none is installed; a copy that a process brings is found"
                : libraries.getFirst().toString();
        return Capability.active(ROW, "uprobes on libibverbs: " + where + "; " + kprobes());
    }

    private static long place(Path file, String function) throws IOException {
        return Optional.ofNullable(ElfSymbols.offsets(file, Set.of(function)).get(function))
                .orElseThrow(() -> new IOException(file + " has no " + function));
    }

    private static String kprobes() {
        return Files.exists(Path.of("/sys/bus/event_source/devices/kprobe"))
                ? "the kernel has kprobes, which are not needed"
                : "the kernel has no kprobes, and none are needed";
    }
}
