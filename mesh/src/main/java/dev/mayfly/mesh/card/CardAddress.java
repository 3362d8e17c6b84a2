package dev.mayfly.mesh.card;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.verbs.CardGid;
import dev.mayfly.platform.verbs.VerbsDevice;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an address is: which card, which port of it, which place in its table. Of a card's many GIDs only those of RoCE
 * version 2 are looked at; a wrong one is the most reported fault of RoCE.
 *
 * @param index of the GID in the port's table
 */
record CardAddress(String device, int port, int index) {
    private static final long MAPPED = 0xFFFF_0000_0000L;

    static IpAddress address(CardGid gid) {
        return gid.ipv4() ? IpAddress.v4((int) gid.low()) : IpAddress.v6(gid.high(), gid.low());
    }

    /** The sixteen bytes that stand for an address in cards. */
    static long high(IpAddress address) {
        return address.family() == IpAddress.Family.IPV4 ? 0 : address.high();
    }

    static long low(IpAddress address) {
        return address.family() == IpAddress.Family.IPV4 ? MAPPED | address.low() : address.low();
    }

    static Optional<CardAddress> on(VerbsDevice device, IpAddress address) {
        return device.gids().stream()
                .filter(gid -> gid.version2() && address(gid).equals(address))
                .filter(gid -> device.port(gid.port()).ethernet())
                .map(gid -> new CardAddress(device.name(), gid.port(), gid.index()))
                .findFirst();
    }

    /**
     * Looks at all cards.
     *
     * @throws MayflyException {@code LISTEN_FAILED} when none has it
     */
    static CardAddress find(VerbsLibrary library, IpAddress address) {
        List<String> names = library.devices();
        List<String> have = new ArrayList<>();
        for (String name : names) {
            try (VerbsDevice device = library.open(name)) {
                Optional<CardAddress> found = on(device, address);
                if (found.isPresent()) {
                    return found.get();
                }
                device.gids().stream()
                        .filter(CardGid::version2)
                        .forEach(gid -> have.add(address(gid) + " (" + name + ")"));
            }
        }
        throw new MayflyException(
                ErrorCode.LISTEN_FAILED,
                "no RDMA card has the address " + address,
                names.isEmpty()
                        ? "this machine has no RDMA card"
                        : have.isEmpty()
                                ? "the cards " + String.join(", ", names) + " have no address of RoCE version 2"
                                : "cards have " + String.join(", ", have),
                names.isEmpty()
                        ? "probe over UDP: --transport soft; or make a card in software: " + VerbsCards.inSoftware()
                        : "say one of these with --address, or give the card's interface this one: ip addr add");
    }
}
