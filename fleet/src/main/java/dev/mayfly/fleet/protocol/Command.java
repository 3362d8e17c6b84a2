package dev.mayfly.fleet.protocol;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerName;
import java.time.Duration;
import java.util.Objects;

/** What the server wants of an agent. */
public sealed interface Command {
    /** Clone and boot, then wait. Not for an attempt that the agent has ended or forgotten. */
    record Create(Attempt attempt, RunnerName name, ResourceType type, Identity identity) implements Command {
        public Create {
            Objects.requireNonNull(attempt, "attempt");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(identity, "identity");
        }
    }

    /** Leave to start the script. Written down by the server before it is said, and said of one attempt only, ever. */
    record Start(Attempt attempt, String script) implements Command {
        public Start {
            Objects.requireNonNull(attempt, "attempt");
            Objects.requireNonNull(script, "script");
        }

        /** The script is nobody's business. */
        @Override
        public String toString() {
            return "Start[" + attempt + "]";
        }
    }

    /** Leave nothing of it. Also for what the agent has never heard of, so that an earlier order that comes later fails. */
    record Destroy(Attempt attempt) implements Command {
        public Destroy {
            Objects.requireNonNull(attempt, "attempt");
        }
    }

    /** The server has written down that it is gone. */
    record Forget(Attempt attempt) implements Command {
        public Forget {
            Objects.requireNonNull(attempt, "attempt");
        }
    }

    /**
     * For so long the agent may keep what has not started, counted from when it hears this.
     *
     * @param heard the number of the last report of this session that said all and that the server has taken; 0 for none
     */
    record Renew(Duration lease, long heard) implements Command {
        public Renew {
            Objects.requireNonNull(lease, "lease");
        }
    }
}
