package dev.mayfly.sandbox.net;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.net.kernel.SlotFilter;

/**
 * Networks that a mediator in this process watches over. Chosen by {@link #choose}, which really asks the kernel; where it
 * says no, the networks it returns let nothing out and count nothing, and say so.
 */
public final class MediatedNetworks implements SlotNetworks {
    private static final String LAYER = "net-mediation";

    private final Resolver resolver;
    private final Dialer dialer;

    /** Without a probe: {@link #open} fails where the kernel refuses. */
    public MediatedNetworks(Resolver resolver, Dialer dialer) {
        this.resolver = resolver;
        this.dialer = dialer;
    }

    /** Mediated networks if this kernel and these rights allow them, else {@link SlotNetworks#none} with the reason. */
    public static SlotNetworks choose(Resolver resolver, Dialer dialer) {
        if (!"Linux".equals(System.getProperty("os.name"))) {
            return SlotNetworks.none("needs Linux, this is " + System.getProperty("os.name"));
        }
        try {
            SlotFilter.verify();
            return new MediatedNetworks(resolver, dialer);
        } catch (MayflyException e) {
            return SlotNetworks.none(e.what() + ": " + e.why());
        }
    }

    @Override
    public SlotNetwork open(long launcherPid) {
        return MediatedNetwork.open(launcherPid, resolver, dialer);
    }

    @Override
    public LayerReport layer() {
        return new LayerReport(
                LAYER, true, LayerState.ACTIVE, "BPF socket lookup drops and counts, the mediator decides by name");
    }
}
