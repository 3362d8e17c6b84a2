package dev.mayfly.bench.control;

import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** What has become of machines over the whole run, as the hosts have seen it. Safe for concurrent use. */
final class Fates {
    private final Map<RunnerId, Integer> begun = new ConcurrentHashMap<>();
    private final Set<MachineIdentifier> identities = ConcurrentHashMap.newKeySet();
    private final LongAdder twiceBegun = new LongAdder();
    private final LongAdder identityTwice = new LongAdder();
    private final LongAdder made = new LongAdder();
    private final LongAdder destroyed = new LongAdder();
    private final Set<PlayedHost> heard = ConcurrentHashMap.newKeySet();
    private final Consumer<Command.Create> orders;

    /** @param orders hears each order to make a machine, when it arrives */
    Fates(Consumer<Command.Create> orders) {
        this.orders = orders;
    }

    void ordered(Command.Create create) {
        orders.accept(create);
    }

    void made(Command.Create order) {
        made.increment();
        if (!identities.add(order.identity().machine())) {
            identityTwice.increment();
        }
    }

    void begun(Attempt attempt) {
        if (begun.merge(attempt.runner(), 1, Integer::sum) > 1) {
            twiceBegun.increment();
        }
    }

    void destroyed(Attempt attempt) {
        destroyed.increment();
    }

    void heard(PlayedHost host) {
        heard.add(host);
    }

    /** From now on those count that a server hears from then on. */
    void deaf() {
        heard.clear();
    }

    /** Scripts that were started although one of the same runner had been. */
    long twiceBegun() {
        return twiceBegun.sum();
    }

    /** Machines that got an identity which another had. */
    long identityTwice() {
        return identityTwice.sum();
    }

    long made() {
        return made.sum();
    }

    long destroyed() {
        return destroyed.sum();
    }

    /** Hosts of which the server has heard what they have. */
    int heard() {
        return heard.size();
    }
}
