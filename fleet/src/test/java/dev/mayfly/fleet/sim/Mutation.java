package dev.mayfly.fleet.sim;

/** One fence taken away, to show that the observer would see it. */
enum Mutation {
    NONE,
    /** Who was the server once may go on writing. */
    SERVER_EPOCH,
    /** The ledger says "written" before it is, and loses the last write with the power. */
    LEDGER_DURABILITY,
    /** Whatever is said of a runner counts for its present attempt. */
    PLACEMENT_FENCE,
    /** Reports of old sessions and overtaken ones count. */
    REPORT_ORDER,
    /** An agent forgets at its death what it has ended. */
    TOMBSTONES,
    /** An agent forgets at its death that a script was started. */
    STARTED_MARK,
    /** Identities are drawn without a look at those that were given. */
    IDENTITIES
}
