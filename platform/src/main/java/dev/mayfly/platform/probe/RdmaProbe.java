package dev.mayfly.platform.probe;

import java.util.ArrayList;
import java.util.List;

/** RDMA devices and whether programs may open them. */
final class RdmaProbe implements Probe {
    private static final String DEVICES = "/sys/class/infiniband";

    @Override
    public List<String> names() {
        return List.of("rdma");
    }

    @Override
    public List<Capability> examine(Host host) {
        List<String> devices = host.files().list(DEVICES);
        if (devices.isEmpty()) {
            return List.of(Capability.unavailable(
                    "rdma",
                    "no device in " + DEVICES + "; the mesh uses its software transport",
                    "modprobe rdma_rxe && rdma link add rxe0 type rxe netdev eth0   # software RoCE"));
        }
        List<String> ports = new ArrayList<>();
        boolean active = false;
        for (String device : devices) {
            for (String port : host.files().list(DEVICES + "/" + device + "/ports")) {
                String base = DEVICES + "/" + device + "/ports/" + port;
                String state = host.files().read(base + "/state").orElse("unknown");
                active |= state.endsWith("ACTIVE");
                ports.add(device + "/" + port + " "
                        + host.files().read(base + "/link_layer").orElse("?") + " " + state);
            }
        }
        String evidence = ports.isEmpty() ? String.join(", ", devices) : String.join(", ", ports);
        boolean verbs = host.files().list("/dev/infiniband").stream().anyMatch(name -> name.startsWith("uverbs"));
        if (!verbs) {
            return List.of(
                    Capability.degraded("rdma", evidence + "; no /dev/infiniband/uverbs*", "modprobe ib_uverbs"));
        }
        return List.of(
                active
                        ? Capability.active("rdma", evidence)
                        : Capability.degraded("rdma", evidence, "bring a port up: ip link set dev <netdev> up"));
    }
}
