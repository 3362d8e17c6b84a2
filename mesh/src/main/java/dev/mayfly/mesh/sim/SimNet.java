package dev.mayfly.mesh.sim;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** A network in memory: addresses, and frames on their way between them. Its time moves by {@link #advance} only. */
public final class SimNet {
    private final Fate.Source fates;
    private final Map<IpAddress, SimTransport> hosts = new HashMap<>();
    private final PriorityQueue<Flight> flights =
            new PriorityQueue<>(Comparator.comparingLong(Flight::at).thenComparingLong(Flight::order));
    private long now = 1;
    private long order;

    private record Flight(long at, long order, IpAddress target, SimTransport.Datagram datagram) {}

    public SimNet(Fate.Source fates) {
        this.fates = fates;
    }

    /**
     * A host.
     *
     * @param clockAheadNanos how far its stamps are ahead of the network's time
     */
    public Transport open(IpAddress address, long clockAheadNanos) {
        SimTransport host = new SimTransport(this, address, clockAheadNanos);
        if (hosts.putIfAbsent(address, host) != null) {
            throw new IllegalArgumentException(address + " is taken");
        }
        return host;
    }

    /** The time of the network. */
    public Ticker ticker() {
        return () -> now;
    }

    /** Lets time pass; what arrives meanwhile waits at its host. */
    public void advance(long nanos) {
        long end = now + nanos;
        for (Flight next = flights.peek(); next != null && next.at() <= end; next = flights.peek()) {
            flights.remove();
            now = Math.max(now, next.at());
            SimTransport host = hosts.get(next.target());
            if (host != null) {
                host.arrive(next.datagram(), now);
            }
        }
        now = end;
    }

    /** When the next frame arrives, or {@code Long.MAX_VALUE}. */
    public long nextArrival() {
        Flight next = flights.peek();
        return next == null ? Long.MAX_VALUE : next.at();
    }

    long now() {
        return now;
    }

    void launch(Route route, SimTransport.Datagram datagram) {
        switch (fates.of(route)) {
            case Fate.Arrives arrives -> fly(arrives.nanos(), route.target(), datagram);
            case Fate.ArrivesChanged changed -> fly(changed.nanos(), route.target(), datagram.changed(changed.bit()));
            case Fate.Lost lost -> {}
        }
    }

    private void fly(long nanos, IpAddress target, SimTransport.Datagram datagram) {
        flights.add(new Flight(now + nanos, order++, target, datagram));
    }

    void close(IpAddress address) {
        hosts.remove(address);
    }
}
