package dev.mayfly.sandbox.seccomp;

/** What a profile says to a system call. */
sealed interface Answer {
    /** The kernel carries it out, under everything else that confines the job. */
    record Allow() implements Answer {}

    /** Refused, and seen: see {@link DenialAction}. */
    record Deny() implements Answer {}

    /**
     * Answered as by a kernel that was built without the feature, and not recorded: programs probe for these and have a
     * second way, so it is no sign of bad intent. {@code errno} is what such a kernel says.
     */
    record Absent(int errno) implements Answer {
        public Absent {
            if (errno < 1 || errno > 4095) {
                throw new IllegalArgumentException("errno " + errno);
            }
        }
    }

    /** The process dies with SIGSYS. */
    record Kill() implements Answer {}

    /** Depends on the arguments. */
    record Check(Condition condition, Answer then, Answer otherwise) implements Answer {}

    Answer ALLOW = new Allow();
    Answer DENY = new Deny();
    Answer KILL = new Kill();
    /** ENOSYS. */
    Answer NO_SUCH_CALL = new Absent(38);

    static Answer allowIf(Condition condition) {
        return new Check(condition, ALLOW, DENY);
    }

    static Answer denyIf(Condition condition) {
        return new Check(condition, DENY, ALLOW);
    }
}
