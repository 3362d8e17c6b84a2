package dev.mayfly.mesh.trace;

import dev.mayfly.mesh.wire.IpAddress;

/** Sends probes that may pass so many routers only, and hears what becomes of them. Belongs to one thread. */
public interface Hops extends AutoCloseable {
    /** Of an answer of which only the source port is known. */
    long UNKNOWN = -1;

    /**
     * Sends a probe.
     *
     * @param number not negative; told again
     */
    void send(int sourcePort, int hopLimit, long number);

    /** Tells what came, waiting for it for so long at most. */
    void receive(Answers answers, long waitNanos);

    @Override
    void close();

    /** What may come back. */
    interface Answers {
        /**
         * Somebody on the way dropped a probe.
         *
         * @param number of the probe, or {@link #UNKNOWN} when the router quoted too little of it
         * @param expired true when it had passed as many routers as it might; false when it could not be delivered
         * @param nanos from leaving to this, or 0 when one of both was not stamped
         */
        void dropped(int sourcePort, long number, IpAddress by, boolean expired, long nanos);

        /** The target's endpoint answered. */
        void answered(long number, long nanos);
    }
}
