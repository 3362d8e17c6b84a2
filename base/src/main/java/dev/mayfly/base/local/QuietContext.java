package dev.mayfly.base.local;

/** Drops progress; an enum only so that there is exactly one. */
enum QuietContext implements CallContext {
    INSTANCE;

    @Override
    public void progress(String line) {
        // Nobody looks.
    }

    @Override
    public boolean cancelled() {
        return Thread.currentThread().isInterrupted();
    }
}
