package dev.mayfly.app.fleet;

/** What one sub-command does. */
interface FleetOperation {
    /** @return the exit code */
    int run(FleetWords words, FleetSession session) throws InterruptedException;
}
