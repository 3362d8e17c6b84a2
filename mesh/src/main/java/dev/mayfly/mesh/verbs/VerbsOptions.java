package dev.mayfly.mesh.verbs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How libibverbs is watched.
 *
 * @param ringBytes room for events that were not taken yet, a power of two; an event takes 184 bytes
 * @param look how often new processes are looked for
 * @param always files that are watched before any process has them; those that are not there are left out
 * @param names of files that have the library in them under another name, such as a program that contains it
 */
public record VerbsOptions(int ringBytes, Duration look, List<Path> always, Set<String> names) {
    /** Where distributions have it, so that the first process that uses it is seen from its first call. */
    private static final List<Path> USUAL_PLACES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/libibverbs.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/libibverbs.so.1"),
            Path.of("/usr/lib64/libibverbs.so.1"),
            Path.of("/usr/lib/libibverbs.so.1"),
            Path.of("/usr/local/lib/libibverbs.so.1"));

    public static final VerbsOptions USUAL = new VerbsOptions(16 << 20, Duration.ofMillis(200), USUAL_PLACES, Set.of());

    public VerbsOptions {
        always = List.copyOf(always);
        names = Set.copyOf(names);
        if (Integer.bitCount(ringBytes) != 1 || ringBytes < 1 << 16 || ringBytes > 1 << 29) {
            throw new IllegalArgumentException("a ring has a power of two of bytes, 64 KiB to 512 MiB");
        }
        if (look.toMillis() < 1) {
            throw new IllegalArgumentException("look at least " + look);
        }
    }

    public VerbsOptions withNames(Set<String> others) {
        return new VerbsOptions(ringBytes, look, always, others);
    }
}
