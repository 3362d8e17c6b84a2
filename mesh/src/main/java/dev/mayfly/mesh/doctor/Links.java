package dev.mayfly.mesh.doctor;

import dev.mayfly.platform.probe.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Network interfaces: how long packets may be, what holds them back when a switch is full, who stamps them. */
final class Links {
    private static final String INTERFACES = "sys/class/net";
    private static final String MTU = "mesh-mtu";
    private static final String PFC = "mesh-pfc";
    private static final String ECN = "mesh-ecn";
    private static final String CARD_STAMPS = "mesh-card-stamps";

    /** IPv6, UDP, BTH, DETH, ICRC around a payload. */
    private static final int OVERHEAD = 40 + 8 + 12 + 8 + 4;
    /** What a card may put in one packet (InfiniBand Architecture Specification, path MTU). */
    private static final int[] PAYLOADS = {4096, 2048, 1024, 512, 256};

    private static final int USUAL_PAYLOAD = 1024;

    private final HostFiles files;
    private final Trials trials;

    Links(HostFiles files, Trials trials) {
        this.files = files;
        this.trials = trials;
    }

    List<Capability> rows() {
        List<String> up = files.names(INTERFACES).stream()
                .filter(name -> !name.equals("lo"))
                .filter(name -> files.text(INTERFACES + "/" + name + "/operstate")
                        .filter("up"::equals)
                        .isPresent())
                .toList();
        List<Capability> rows = new ArrayList<>();
        up.forEach(name -> rows.add(mtu(name)));
        if (up.isEmpty()) {
            rows.add(Capability.unavailable(
                    MTU, "no network interface but lo is up", "ip link set dev IFACE up, and give it an address"));
        }
        List<String> hardware = up.stream()
                .filter(name -> files.has(INTERFACES + "/" + name + "/device"))
                .toList();
        if (hardware.isEmpty()) {
            rows.add(virtual(PFC, "priority flow control"));
            rows.add(virtual(ECN, "congestion marks"));
        }
        for (String name : hardware) {
            rows.add(pfc(name));
            rows.add(ecn(name));
        }
        for (String name : up) {
            trials.stampsOf(name)
                    .ifPresent(said -> rows.add(Capability.active(CARD_STAMPS, name + ": the driver stamps " + said)));
        }
        return rows;
    }

    private Capability mtu(String name) {
        int mtu = files.text(INTERFACES + "/" + name + "/mtu")
                .map(Integer::parseInt)
                .orElse(0);
        int payload = 0;
        for (int each : PAYLOADS) {
            if (each + OVERHEAD <= mtu) {
                payload = each;
                break;
            }
        }
        String evidence = name + ": " + mtu + " bytes, so " + payload + " of an RDMA message in a packet";
        if (payload >= USUAL_PAYLOAD) {
            return Capability.active(MTU, evidence);
        }
        return Capability.degraded(
                MTU, evidence, "ip link set dev " + name + " mtu 9000, on all hosts and switches; probes fit as it is");
    }

    private static Capability virtual(String row, String what) {
        return Capability.unavailable(
                row,
                "no interface that is up is a card of hardware, so there is no " + what,
                "nothing to do: probes over UDP do not need it");
    }

    private Capability pfc(String name) {
        Optional<String> said = trials.priorityFlowControl(name);
        if (said.isEmpty()) {
            return Capability.unavailable(
                    PFC,
                    name + ": its driver or this host does not say which priorities are lossless",
                    "with iproute2: dcb pfc show dev " + name + "; else the vendor's tool, for example mlnx_qos -i "
                            + name);
        }
        return said.get().contains("on")
                ? Capability.active(PFC, name + ": " + said.get())
                : Capability.degraded(
                        PFC,
                        name + ": no priority is lossless (" + said.get() + ")",
                        "where RDMA relies on it: dcb pfc set dev " + name + " prio-pfc 3:on, and on the switches");
    }

    private Capability ecn(String name) {
        String folder = INTERFACES + "/" + name + "/ecn/roce_np/enable";
        List<String> on = files.names(folder).stream()
                .filter(priority ->
                        files.text(folder + "/" + priority).filter("1"::equals).isPresent())
                .toList();
        if (!files.has(folder)) {
            return Capability.unavailable(
                    ECN,
                    name + ": its driver does not show /" + folder,
                    "ask the vendor's tool whether congestion marks are answered (ECN, DCQCN)");
        }
        return on.isEmpty()
                ? Capability.degraded(
                        ECN,
                        name + ": congestion marks are answered in no priority",
                        "echo 1 > /" + folder + "/3   # for priority 3")
                : Capability.active(ECN, name + ": congestion marks are answered in priorities " + on);
    }
}
