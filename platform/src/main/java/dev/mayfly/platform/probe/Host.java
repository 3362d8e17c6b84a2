package dev.mayfly.platform.probe;

import dev.mayfly.platform.LauncherBinary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Everything probes can see of a machine.
 *
 * @param osName as the {@code os.name} property says it
 * @param architecture as the {@code os.arch} property says it
 * @param launcher where the C launcher is
 * @param stateDirectory where state lives or will live; it need not exist
 * @param services configured addresses by name ({@code nats}, {@code nats-monitor}, {@code rqlite}); what is not
 *     configured is not looked at
 */
public record Host(
        String osName,
        String architecture,
        HostFiles files,
        HostCommands commands,
        HostKernel kernel,
        HostNetwork network,
        LauncherBinary launcher,
        Path stateDirectory,
        Map<String, String> services) {
    /** Linking a program on a busy machine is the longest of them. */
    private static final Duration COMMANDS_WITHIN = Duration.ofSeconds(10);

    public Host {
        services = Map.copyOf(services);
    }

    /** The machine this runs on. */
    public static Host real(Path stateDirectory, Map<String, String> services) {
        return new Host(
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                new HostFiles(Path.of("/")),
                new RealCommands(COMMANDS_WITHIN),
                new RealKernel(),
                new RealNetwork(),
                LauncherBinary.locate(),
                stateDirectory,
                services);
    }

    /** The same machine with another operating system name: how the answers of other systems are tested. */
    public Host withOsName(String name) {
        return new Host(name, architecture, files, commands, kernel, network, launcher, stateDirectory, services);
    }

    boolean isLinux() {
        return osName.toLowerCase(Locale.ROOT).contains("linux");
    }
}
