package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.vz.VzSettings;
import dev.mayfly.fleet.schedule.Offer;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What this host is and can take.
 *
 * @param boots how many machines may boot at once: more than processors starve each other
 * @param standing how many machines shall stand ready, by size
 */
record ThisHost(String name, Offer offer, int boots, Map<ResourceType, Integer> standing) {
    private static final int MOST = 10_000;

    /** @throws MayflyException {@code USAGE} */
    static ThisHost of(FleetWords words) {
        int cpus = Runtime.getRuntime().availableProcessors();
        Set<Label> labels = new HashSet<>(own());
        try {
            words.texts("--label").forEach(label -> labels.add(new Label(label)));
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE, "a label cannot be used", String.valueOf(e.getMessage()), "--label gpu", e);
        }
        return new ThisHost(
                words.text("--name").orElseGet(ThisHost::hostname),
                new Offer(
                        words.number("--max-runners", 1, MOST)
                                .orElse(
                                        words.text("--backend")
                                                        .filter("vz"::equals)
                                                        .isPresent()
                                                ? VzSettings.MOST_MACHINES
                                                : cpus),
                        cpus,
                        memory(),
                        labels,
                        Set.of(),
                        Map.of()),
                words.number("--boots", 1, MOST).orElse(cpus),
                standing(words.texts("--standing")));
    }

    /** Each as {@code small=2}. */
    private static Map<ResourceType, Integer> standing(List<String> typed) {
        Map<ResourceType, Integer> standing = new EnumMap<>(ResourceType.class);
        for (String each : typed) {
            String[] parts = each.split("=", -1);
            Optional<ResourceType> type = ResourceType.parse(parts[0]);
            if (parts.length != 2 || type.isEmpty() || !parts[1].matches("[0-9]{1,3}")) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "--standing does not understand '" + each + "'",
                        "it takes a size and how many of it, up to 999",
                        "--standing small=2");
            }
            standing.put(type.get(), Integer.parseInt(parts[1]));
        }
        return standing;
    }

    /** As GitHub's own runners call themselves. */
    private static Set<Label> own() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        return Set.of(
                new Label("self-hosted"),
                new Label(os.contains("mac") ? "macos" : "linux"),
                new Label(arch.equals("aarch64") || arch.equals("arm64") ? "arm64" : "x64"));
    }

    /** Of the machine, or of the control group that this process is kept in; 0 when nobody says. */
    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
