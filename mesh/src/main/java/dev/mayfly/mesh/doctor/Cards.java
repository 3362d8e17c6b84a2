package dev.mayfly.mesh.doctor;

import dev.mayfly.platform.probe.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * RDMA cards and their addresses, as {@code /sys/class/infiniband} shows them (Documentation/ABI/stable/sysfs-class-infiniband
 * of Linux). A wrong GID index is the most reported fault of RoCE: of the many addresses of a port, one of version 2 that is
 * routed is wanted.
 */
final class Cards {
    private static final String DEVICES = "sys/class/infiniband";
    private static final String CARD = "mesh-card";
    private static final String GID = "mesh-gid";
    private static final String LINK_LOCAL = "fe80:";
    private static final String MAPPED = "0000:0000:0000:0000:0000:ffff:";

    private final HostFiles files;

    /** An address of a port. */
    private record Gid(int index, String address, boolean version2, String networkInterface) {
        boolean routed() {
            return !address.startsWith(LINK_LOCAL);
        }

        boolean ipv4() {
            return address.startsWith(MAPPED);
        }

        String shown() {
            if (!ipv4()) {
                return address;
            }
            String hex = address.substring(MAPPED.length()).replace(":", "");
            List<String> bytes = new ArrayList<>();
            for (int i = 0; i + 2 <= hex.length(); i += 2) {
                bytes.add(String.valueOf(Integer.parseInt(hex, i, i + 2, 16)));
            }
            return String.join(".", bytes);
        }
    }

    Cards(HostFiles files) {
        this.files = files;
    }

    List<Capability> rows() {
        List<String> devices = files.names(DEVICES);
        if (devices.isEmpty()) {
            return List.of(
                    Capability.unavailable(
                            CARD,
                            "no RDMA card: /" + DEVICES + " is empty or missing",
                            "none is needed: probes go over UDP; for a software one: modprobe rdma_rxe && rdma link"
                                    + " add rxe0 type rxe netdev eth0"),
                    Capability.unavailable(GID, "no RDMA card, so no GID", "none is needed for probes over UDP"));
        }
        List<Capability> rows = new ArrayList<>();
        for (String device : devices) {
            for (String port : files.names(DEVICES + "/" + device + "/ports")) {
                String folder = DEVICES + "/" + device + "/ports/" + port;
                String name = device + " port " + port;
                rows.add(card(name, folder));
                rows.add(gid(name, gids(folder)));
            }
        }
        return rows;
    }

    private Capability card(String name, String folder) {
        String state = files.text(folder + "/state").orElse("in no known state");
        String layer = files.text(folder + "/link_layer").orElse("an unknown link layer");
        String evidence = name + ": " + state + ", " + layer + ", "
                + files.text(folder + "/rate").orElse("rate unknown");
        if (!layer.equals("Ethernet")) {
            return Capability.unavailable(CARD, evidence, "probes are RoCE: set the port to Ethernet, if the card can");
        }
        return state.endsWith("ACTIVE")
                ? Capability.active(CARD, evidence)
                : Capability.unavailable(CARD, evidence, "ip link set dev IFACE up; then look at the cable");
    }

    private static Capability gid(String name, List<Gid> gids) {
        Optional<Gid> best = gids.stream()
                .filter(gid -> gid.version2() && gid.routed() && gid.ipv4())
                .findFirst()
                .or(() -> gids.stream()
                        .filter(gid -> gid.version2() && gid.routed())
                        .findFirst());
        if (best.isPresent()) {
            Gid gid = best.get();
            return Capability.active(
                    GID,
                    name + ": use index " + gid.index() + ", RoCE v2, " + gid.shown() + " of " + gid.networkInterface()
                            + " (" + gids.size() + " GIDs)");
        }
        return gids.stream().anyMatch(Gid::version2)
                ? Capability.degraded(
                        GID,
                        name + ": RoCE v2 with link-local addresses only, which no router carries",
                        "give the interface an address: ip addr add ADDRESS/PREFIX dev IFACE")
                : Capability.unavailable(
                        GID,
                        name + ": none of " + gids.size() + " GIDs is of RoCE v2",
                        "set the port to RoCE v2: cma_roce_mode -d DEVICE -p PORT -m 2, or in the card's firmware");
    }

    private List<Gid> gids(String folder) {
        List<Gid> gids = new ArrayList<>();
        for (String index : files.names(folder + "/gids")) {
            Optional<String> address = files.text(folder + "/gids/" + index)
                    .filter(text -> !text.replace(":", "").replace("0", "").isEmpty());
            Optional<String> type = files.text(folder + "/gid_attrs/types/" + index);
            if (address.isPresent() && type.isPresent()) {
                gids.add(new Gid(
                        Integer.parseInt(index),
                        address.get(),
                        type.get().equals("RoCE v2"),
                        files.text(folder + "/gid_attrs/ndevs/" + index).orElse("no interface")));
            }
        }
        return gids;
    }
}
