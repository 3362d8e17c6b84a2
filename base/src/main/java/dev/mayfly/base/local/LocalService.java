package dev.mayfly.base.local;

/** What answers calls: a running service behind its socket, or the whole program in this process. */
public interface LocalService {
    /**
     * Answers one call. Expected failures come back as {@link Reply.Failed}; a {@code MayflyException} thrown here is
     * turned into one by {@link GuardedService}.
     *
     * @throws InterruptedException when the caller went away or gave up; nothing is left running
     */
    Reply call(Call call, CallContext context) throws InterruptedException;
}
