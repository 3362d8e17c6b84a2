package dev.mayfly.e2e.faults;

/**
 * What the ledger says of a job at the end, read without the program's own classes for it.
 *
 * @param answer the result as it is handed out, or the kept error
 */
public record Row(String id, String tag, String state, long fence, String answer) {
    boolean isFinal() {
        return !state.equals("queued") && !state.equals("running");
    }
}
