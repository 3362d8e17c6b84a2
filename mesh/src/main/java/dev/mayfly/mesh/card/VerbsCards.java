package dev.mayfly.mesh.card;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.verbs.VerbsDevice;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.util.ArrayList;
import java.util.List;

/** The cards of this host, by the addresses that routers carry. */
public final class VerbsCards {
    private static final long LINK_LOCAL = 0xFE80L << 48;
    private static final String IN_SOFTWARE = "modprobe rdma_rxe && rdma link add rxe0 type rxe netdev eth0";

    /** An address of a card. */
    public record Card(String device, IpAddress address) {}

    private VerbsCards() {}

    /** In the order of cards, and of their addresses. */
    public static List<Card> routed(VerbsLibrary library) {
        List<Card> cards = new ArrayList<>();
        for (String name : library.devices()) {
            try (VerbsDevice device = library.open(name)) {
                routed(device).forEach(address -> cards.add(new Card(name, address)));
            }
        }
        return cards;
    }

    static List<IpAddress> routed(VerbsDevice device) {
        return device.gids().stream()
                .filter(gid -> gid.version2() && gid.high() != LINK_LOCAL)
                .filter(gid -> device.port(gid.port()).ethernet())
                .map(CardAddress::address)
                .distinct()
                .toList();
    }

    /** That there is none, and what to do about it. */
    public static MayflyException none(VerbsLibrary library) {
        List<String> names = library.devices();
        return new MayflyException(
                ErrorCode.LISTEN_FAILED,
                "there is no RDMA card to probe from",
                names.isEmpty()
                        ? "libibverbs sees none"
                        : "of " + String.join(", ", names)
                                + " none that may be used has an address of RoCE version 2 that routers carry",
                names.isEmpty()
                        ? "probe over UDP: --transport soft; or make a card in software: " + IN_SOFTWARE
                        : "ip addr add ADDRESS/PREFIX dev IFACE, on the card's interface; see `mayfly mesh doctor`");
    }

    static String inSoftware() {
        return IN_SOFTWARE;
    }
}
