package dev.mayfly.mesh.card;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.verbs.VerbsDevice;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Makes a queue pair on each card, as an agent would, and takes it back. */
public final class VerbsTrial {
    private static final String ROW = "mesh-verbs";

    private VerbsTrial() {}

    /** A row for each card, or one that says why there is none. */
    public static List<Capability> rows(Supplier<VerbsLibrary> load) {
        VerbsLibrary library;
        List<String> names;
        try {
            library = load.get();
            names = library.devices();
        } catch (MayflyException e) {
            return List.of(Capability.unavailable(ROW, e.why(), e.fix()));
        }
        if (names.isEmpty()) {
            return List.of(Capability.unavailable(
                    ROW,
                    "libibverbs is here and sees no RDMA card",
                    "none is needed: probes go over UDP; for a software one: " + VerbsCards.inSoftware()));
        }
        List<Capability> rows = new ArrayList<>();
        names.forEach(name -> rows.add(row(library, name)));
        return rows;
    }

    private static Capability row(VerbsLibrary library, String name) {
        try {
            List<IpAddress> addresses;
            try (VerbsDevice device = library.open(name)) {
                addresses = VerbsCards.routed(device);
            }
            if (addresses.isEmpty()) {
                return Capability.unavailable(
                        ROW,
                        name + ": no address of RoCE version 2 that routers carry",
                        "ip addr add ADDRESS/PREFIX dev IFACE, on the card's interface");
            }
            try (VerbsTransport transport = VerbsTransport.open(
                    library,
                    addresses.getFirst(),
                    List.of(Roce.FIRST_SOURCE_PORT),
                    CardOptions.USUAL,
                    Ticker.system())) {
                String evidence = name + ": queue pair " + transport.queuePair().orElse(0) + " on "
                        + addresses.getFirst() + ", stamps of the "
                        + transport.stamping().word();
                if (!transport.up()) {
                    return Capability.degraded(ROW, evidence + "; its port is down", "ip link set dev IFACE up");
                }
                return transport.stamping() == Stamping.CARD
                        ? Capability.active(ROW, evidence)
                        : Capability.degraded(
                                ROW,
                                evidence + ", so the network's time contains the host's",
                                "nothing to do, unless newer firmware lets the card stamp completions");
            }
        } catch (MayflyException e) {
            return Capability.unavailable(ROW, e.what() + ": " + e.why(), e.fix());
        }
    }
}
