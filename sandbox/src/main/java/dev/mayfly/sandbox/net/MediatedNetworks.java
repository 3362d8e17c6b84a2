package dev.mayfly.sandbox.net;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.net.kernel.SlotFilter;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Networks that a mediator in this process watches over. {@link #choose} really asks the kernel whether it can be; where
 * it says no, {@link #layer} says so and why, and {@link #open} fails.
 *
 * <p>The first native call of a program costs tens of milliseconds of class loading, so the question is asked on a thread
 * of its own as soon as this object exists, and waited for when its answer is needed.
 */
public final class MediatedNetworks implements SlotNetworks {
    private static final String LAYER = "net-mediation";

    private final Resolver resolver;
    private final Dialer dialer;
    private final OwnAddresses own;
    /** Why the kernel does not do it; empty when it does. */
    private final FutureTask<Optional<String>> obstacle;

    private MediatedNetworks(Resolver resolver, Dialer dialer, OwnAddresses own) {
        this.resolver = resolver;
        this.dialer = dialer;
        this.own = own;
        this.obstacle = new FutureTask<>(MediatedNetworks::askKernel);
    }

    /** Returns at once; the kernel is asked meanwhile. */
    public static SlotNetworks choose(Resolver resolver, Dialer dialer, OwnAddresses own) {
        if (!"Linux".equals(System.getProperty("os.name"))) {
            return SlotNetworks.none("needs Linux, this is " + System.getProperty("os.name"));
        }
        MediatedNetworks networks = new MediatedNetworks(resolver, dialer, own);
        Thread.ofPlatform().name("net-probe").daemon().start(networks.obstacle);
        return networks;
    }

    private static Optional<String> askKernel() {
        try {
            SlotFilter.verify();
            return Optional.empty();
        } catch (MayflyException e) {
            return Optional.of(e.what() + ": " + e.why());
        }
    }

    @Override
    public SlotNetwork open(long launcherPid) {
        Optional<String> why = obstacle();
        if (why.isPresent()) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "the network of process " + launcherPid + " cannot be mediated",
                    why.get(),
                    "run as root on Linux 5.9 or newer, or take the network out of request and policy");
        }
        return MediatedNetwork.open(launcherPid, resolver, dialer, own);
    }

    @Override
    public LayerReport layer() {
        return obstacle()
                .map(why -> new LayerReport(LAYER, true, LayerState.UNAVAILABLE, why))
                .orElseGet(() -> new LayerReport(
                        LAYER,
                        true,
                        LayerState.ACTIVE,
                        "BPF socket lookup drops and counts, the mediator decides by name"));
    }

    private Optional<String> obstacle() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return obstacle.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the answer is milliseconds away
                }
            }
        } catch (ExecutionException e) {
            return Optional.of("the probe failed: " + e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
