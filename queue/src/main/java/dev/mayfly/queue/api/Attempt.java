package dev.mayfly.queue.api;

/**
 * One claim of one job. Its token marks whatever is kept of the run, so that a later life of the worker finds it; no other
 * attempt has the same, be it of this job or of another one.
 */
public record Attempt(JobId job, String epoch, long fence) {
    public String token() {
        return job + ":" + epoch + ":" + fence;
    }
}
