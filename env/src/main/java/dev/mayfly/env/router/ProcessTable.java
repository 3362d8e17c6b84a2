package dev.mayfly.env.router;

import java.util.OptionalInt;

/** The processes of a machine as its kernel knows them at the moment of the question. */
public interface ProcessTable {
    /** The start time of what is no process. */
    long NOBODY = -1;

    /**
     * When the process that has this number now was started, in units and from a beginning of the kernel's choice; two
     * processes that have the same number one after the other differ in it. {@link #NOBODY} when there is none.
     */
    long startTime(int pid);

    /** The parent, or whoever took its place when that ended; empty when there is no such process. */
    OptionalInt parent(int pid);
}
