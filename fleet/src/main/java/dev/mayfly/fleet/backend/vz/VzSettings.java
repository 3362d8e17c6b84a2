package dev.mayfly.fleet.backend.vz;

import dev.mayfly.fleet.image.Template;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * @param holder what starts the holder of a machine; the folder of its bundle comes behind it
 * @param runners the folder of the bundles, on the template's volume
 * @param identifiers the file of all identifiers that machines of this host ever had
 * @param announce where guests say where they are
 * @param host how guests reach that: the address of this host in the network of its machines
 * @param mostMemoryBytes no machine gets more, whatever its size says; for small hosts
 */
public record VzSettings(
        List<String> holder,
        Template template,
        Path runners,
        Path identifiers,
        InetSocketAddress announce,
        String host,
        long mostMemoryBytes) {
    /** Apple's licence for macOS, 2 B (iii), which the kernel enforces. */
    public static final int MOST_MACHINES = 2;

    public VzSettings {
        holder = List.copyOf(holder);
        Objects.requireNonNull(template, "template");
        Objects.requireNonNull(runners, "runners");
        Objects.requireNonNull(identifiers, "identifiers");
        Objects.requireNonNull(announce, "announce");
        Objects.requireNonNull(host, "host");
    }
}
