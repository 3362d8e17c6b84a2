package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.allow.SpecialRanges;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.net.wire.TargetHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Decides, for one run, where it may go. A name is resolved once per run and keeps those addresses, each of which must be
 * outside {@link SpecialRanges} unless a rule names that very address: so a name server that changes its mind between check
 * and use changes nothing. One forbidden address among several forbids the name; a mixed answer is not an accident.
 *
 * <p>The machine's own addresses are reached only by a rule that names just that address, whichever way the job comes to
 * it: what listens on all of them (0.0.0.0) listens for the machine's neighbours, not for jobs.
 */
final class Gatekeeper {
    private final NetGrant grant;
    private final Resolver resolver;
    private final OwnAddresses own;
    private final SyntheticNames names;
    private final ConcurrentMap<String, FutureTask<List<InetAddress>>> resolved = new ConcurrentHashMap<>();

    Gatekeeper(NetGrant grant, Resolver resolver, OwnAddresses own, SyntheticNames names) {
        this.grant = grant;
        this.resolver = resolver;
        this.own = own;
        this.names = names;
    }

    Ruling rule(TargetHost host, int port) {
        return switch (host) {
            case TargetHost.Name name -> byName(name.canonical(), port);
            case TargetHost.Address address -> byAddress(address.value(), port);
            case TargetHost.Malformed malformed -> new Ruling.Denied(malformed.why());
        };
    }

    /** Whether the name exists, asked only for names that may be looked up. */
    boolean exists(String name) {
        try {
            addressesOf(name);
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private Ruling byAddress(InetAddress address, int port) {
        if (SyntheticNames.isSynthetic(address)) {
            Optional<String> name = names.nameOf(address);
            return name.isPresent() ? byName(name.get(), port) : new Ruling.Denied("address that no lookup gave out");
        }
        if (SpecialRanges.isNobody(address)) {
            return new Ruling.Denied("not the address of a host");
        }
        if (!permitted(address, port)) {
            return new Ruling.Denied("no rule permits this address");
        }
        return ownAddress(address, port, "")
                .<Ruling>map(denied -> denied)
                .orElseGet(() -> new Ruling.Permitted(List.of(address), Optional.empty(), "address rule"));
    }

    /** The host's own loopback needs a rule about just that; a wide block such as 0.0.0.0/0 does not mean it. */
    private boolean permitted(InetAddress address, int port) {
        boolean wanted = !address.isLoopbackAddress() || grant.loopbackPorts().contains(port);
        return wanted && grant.permitsAddress(address, port);
    }

    /** Why an address of this machine is not reached; empty when it is none, or a rule names just this one. */
    private Optional<Ruling.Denied> ownAddress(InetAddress address, int port, String how) {
        if (address.isLoopbackAddress() || grant.namesAddress(address, port)) {
            return Optional.empty(); // for loopback there are rules of their own, above
        }
        try {
            return own.include(address)
                    ? Optional.of(new Ruling.Denied(
                            DecisionLog.RULE_OWN_ADDRESS,
                            how + "an address of this machine, and no rule names just this one"))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(new Ruling.Denied(
                    DecisionLog.RULE_OWN_ADDRESS, "the addresses of this machine cannot be told: " + e.getMessage()));
        }
    }

    private Ruling byName(String name, int port) {
        if (!grant.permitsName(name, port)) {
            return new Ruling.Denied("no rule permits this name and port");
        }
        List<InetAddress> addresses;
        try {
            addresses = addressesOf(name);
        } catch (UnknownHostException e) {
            return new Ruling.Unreachable("name does not resolve");
        }
        for (InetAddress address : addresses) {
            Optional<String> range = SpecialRanges.of(address).map(SpecialRanges.Range::name);
            boolean explicit = !SpecialRanges.isNobody(address) && permitted(address, port);
            if (range.isPresent() && !explicit) {
                return new Ruling.Denied("name resolves to a forbidden address: " + range.get());
            }
            Optional<Ruling.Denied> ours = ownAddress(address, port, "name resolves to ");
            if (ours.isPresent()) {
                return ours.get();
            }
        }
        return new Ruling.Permitted(addresses, Optional.of(name), "name rule");
    }

    private List<InetAddress> addressesOf(String name) throws UnknownHostException {
        FutureTask<List<InetAddress>> mine = new FutureTask<>(() -> {
            List<InetAddress> answer = List.copyOf(resolver.resolve(name));
            if (answer.isEmpty()) {
                throw new UnknownHostException(name);
            }
            return answer;
        });
        FutureTask<List<InetAddress>> first = resolved.putIfAbsent(name, mine);
        if (first == null) {
            mine.run();
        }
        try {
            return (first == null ? mine : first).get();
        } catch (ExecutionException e) {
            throw new UnknownHostException(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(name);
        }
    }
}
