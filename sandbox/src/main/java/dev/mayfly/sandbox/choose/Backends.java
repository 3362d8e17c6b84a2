package dev.mayfly.sandbox.choose;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.unavailable.UnavailableBackend;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The first candidate that really works. */
public final class Backends {
    private Backends() {}

    /** Opens a backend; may fail, and what it opens may still turn out not to work. */
    public interface Opener {
        Backend open() throws InterruptedException;
    }

    /** Something that may be tried. */
    public record Candidate(String name, Opener opener) {}

    /**
     * What came of it.
     *
     * @param backend to be closed by the caller; an {@link UnavailableBackend} when nothing works
     * @param evidence one line for each candidate that was tried, in order
     */
    public record Choice(Backend backend, List<String> evidence) {
        public Choice {
            evidence = List.copyOf(evidence);
        }
    }

    /** Tries in the order given. Nothing weaker is taken in silence: the evidence says what failed before it. */
    public static Choice choose(List<Candidate> candidates) throws InterruptedException {
        List<String> evidence = new ArrayList<>();
        Set<String> fixes = new LinkedHashSet<>();
        for (Candidate candidate : candidates) {
            try {
                Backend backend = candidate.opener().open();
                String flaw = flaw(backend);
                if (flaw.isEmpty()) {
                    evidence.add(candidate.name() + ": works");
                    return new Choice(backend, evidence);
                }
                backend.close();
                evidence.add(candidate.name() + ": " + flaw);
            } catch (MayflyException e) {
                evidence.add(candidate.name() + ": " + e.what() + ", " + e.why());
                if (!e.fix().isEmpty()) {
                    fixes.add(e.fix());
                }
            }
        }
        String reason = candidates.isEmpty() ? "no backend may be used" : String.join("; ", evidence);
        fixes.add("run `mayfly doctor` for the whole table");
        return new Choice(new UnavailableBackend(reason, String.join("; or ", fixes)), evidence);
    }

    /** Without its own user namespace and root file system a native program is not in a sandbox at all. */
    private static String flaw(Backend backend) {
        for (LayerReport layer : backend.layers()) {
            boolean vital = Set.of("backend", "user-ns", "pid-ns", "mount-ns", "net-ns", "rootfs")
                    .contains(layer.name());
            if (vital && layer.state() == LayerState.UNAVAILABLE) {
                return layer.name() + " is unavailable, " + layer.reason();
            }
        }
        return "";
    }
}
