package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.fleet.backend.machine.Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The saved machines of this host for whoever has no QEMU at hand: how many of a template there are, and an end to them. */
public final class WarmFolder {
    /** In each saved machine: the digest of its template. */
    static final String TEMPLATE = "template";

    private final Path folder;

    public WarmFolder(Path folder) {
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    public int count(Sha256Digest template) {
        return of(template).size();
    }

    /**
     * Machines that came of one go on.
     *
     * @return how many there were
     */
    public int forget(Sha256Digest template) {
        List<Path> all = of(template);
        for (Path each : all) {
            try {
                new Bundle(each).delete();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all.size();
    }

    private List<Path> of(Sha256Digest template) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(each -> template.toString().equals(templateOf(each)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing when it does not say. */
    static String templateOf(Path state) {
        try {
            return Files.readString(state.resolve(TEMPLATE)).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
