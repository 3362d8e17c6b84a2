package dev.mayfly.app.fleet;

import java.nio.file.Path;
import java.util.Objects;

/** Where a fleet keeps what in a home. */
public record FleetPlaces(Path home) {
    public FleetPlaces {
        Objects.requireNonNull(home, "home");
    }

    private Path folder() {
        return home.resolve("fleet");
    }

    /** The server's ledger. */
    Path ledger() {
        return folder().resolve("fleet.db");
    }

    /** Held by the one server of a home. */
    Path serverLock() {
        return folder().resolve("server.lock");
    }

    /** For programs that only look. */
    Path runnerState() {
        return folder().resolve("runner-state.json");
    }

    /** What people and the plugin must know. */
    Path token() {
        return folder().resolve("token");
    }

    /** What agents must know; opens nothing else. */
    Path agentToken() {
        return folder().resolve("agent-token");
    }

    /** Templates by name, each a folder. */
    public Path templates() {
        return folder().resolve("templates");
    }

    /** Which runner is there for which job of GitHub. */
    Path githubJobs() {
        return folder().resolve("github-jobs.json");
    }

    /** The agent's journal and what scripts have written. */
    Path agent() {
        return folder().resolve("agent");
    }

    /** How long starts have taken on this host, by template. */
    Path starts() {
        return agent().resolve("starts.json");
    }

    /** Machines that were saved, to restore others from; beside the bundles, whose blocks they share where that works. */
    public Path warm() {
        return folder().resolve("warm");
    }

    /** Bundles of machines; short, because a socket lies in each of them. */
    public Path runners() {
        return folder().resolve("runners");
    }
}
