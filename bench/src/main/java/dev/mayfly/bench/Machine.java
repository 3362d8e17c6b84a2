package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What was measured on; a figure without it says nothing. */
record Machine(String processor, int processors, String kernel, String memory, String java) {
    static Machine here() {
        return new Machine(
                after("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                after("/proc/meminfo", "MemTotal"),
                System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"));
    }

    /** The three load averages, or a word when the system has none. */
    static String load() {
        try {
            String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
            return words[0] + " " + words[1] + " " + words[2];
        } catch (IOException _) {
            return "unknown";
        }
    }

    private static String after(String file, String key) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
                    return line.substring(colon + 1).strip();
                }
            }
        } catch (IOException _) {
            // Said below.
        }
        return "unknown";
    }

    JsonObject json() {
        return JsonObject.of()
                .with("processor", processor)
                .with("processors", processors)
                .with("kernel", kernel)
                .with("memory", memory)
                .with("java", java);
    }

    String line() {
        return processors + " x " + processor + ", " + memory + ", " + kernel + ", " + java;
    }
}
