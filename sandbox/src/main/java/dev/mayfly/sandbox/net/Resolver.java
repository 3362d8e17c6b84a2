package dev.mayfly.sandbox.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Turns an approved name into addresses, on the host's side. Called once per name and run. */
@FunctionalInterface
public interface Resolver {
    /**
     * All addresses, in the order in which to try them; never empty.
     *
     * @param name canonical: lower case, no trailing dot, not an address
     */
    List<InetAddress> resolve(String name) throws UnknownHostException;

    /** What one run resolves with; where lookups are scarce, its share of them. */
    default Resolver forOneRun() {
        return this;
    }
}
