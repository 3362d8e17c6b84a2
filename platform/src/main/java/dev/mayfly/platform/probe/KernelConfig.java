package dev.mayfly.platform.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** What the running kernel was built with, where the machine shows it. */
record KernelConfig(String text) {
    private static final int MOST_BYTES = 4 << 20;

    static Optional<KernelConfig> of(Host host) {
        Optional<String> release = host.files().read("/proc/sys/kernel/osrelease");
        Optional<String> boot = release.flatMap(each -> host.files().read("/boot/config-" + each));
        if (boot.isPresent()) {
            return boot.map(KernelConfig::new);
        }
        try (InputStream packed = Files.newInputStream(host.files().resolve("/proc/config.gz"));
                InputStream plain = new GZIPInputStream(packed)) {
            return Optional.of(new KernelConfig(new String(plain.readNBytes(MOST_BYTES), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** {@code y}, {@code m}, or {@code n} when it is not set. */
    String value(String option) {
        return text.lines()
                .filter(line -> line.startsWith(option + "="))
                .findFirst()
                .map(line -> line.substring(option.length() + 1))
                .orElse("n");
    }
}
