package dev.mayfly.env.sync;

/** Hears how a copy goes: after each object and payload, one call at a time. */
@FunctionalInterface
public interface CopyListener {
    void at(CopyProgress progress);

    static CopyListener none() {
        return _ -> {};
    }
}
