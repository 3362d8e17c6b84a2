package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.soft.LocalAddress;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Another host as it is typed, and how it is spoken to.
 *
 * @param from the address of this host
 * @param ports from which is sent
 */
record HostWords(String typed, Peer peer, IpAddress from, List<Integer> ports) {
    private static final int LAST_PORT = 0xFFFF;
    private static final int QUEUE_PAIRS = 0xFFFFFF;
    private static final long KEYS = 0xFFFFFFFFL;

    /**
     * Reads them.
     *
     * @param countOption says how many source ports
     */
    static HostWords of(HandedWords words, String countOption, int usualCount) {
        String typed = words.arguments().getFirst();
        Optional<IpAddress> asked = words.text("--from").map(text -> address(text, Optional.empty()));
        IpAddress target = address(typed, asked.map(IpAddress::family));
        Peer peer = new Peer(target, (int) words.number("--queue-pair", 0, QUEUE_PAIRS, Peer.BY_HAND), (int)
                words.number("--queue-key", 0, KEYS, Peer.USUAL_KEY));
        IpAddress from = asked.orElseGet(() -> LocalAddress.towards(target));
        if (from.family() != target.family()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    from + " and " + target + " are of different versions of IP",
                    "a packet has one version",
                    "name an address of this host of the other version with --from");
        }
        int first = (int) words.number("--source-port", 1, LAST_PORT, Roce.FIRST_SOURCE_PORT);
        int count = (int) words.number(countOption, 1, Math.min(1024, LAST_PORT - first + 1), usualCount);
        List<Integer> ports = IntStream.range(first, first + count).boxed().toList();
        if (ports.contains(Roce.UDP_PORT)) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "source port " + Roce.UDP_PORT + " is the one that answers come to",
                    "",
                    "choose others: --source-port " + Roce.FIRST_SOURCE_PORT);
        }
        return new HostWords(typed, peer, from, ports);
    }

    /** Of a name or number; when a name has several the first that fits. */
    static IpAddress address(String typed, Optional<IpAddress.Family> family) {
        try {
            for (InetAddress each : InetAddress.getAllByName(typed)) {
                IpAddress address = IpAddress.of(each);
                if (family.isEmpty() || family.get() == address.family()) {
                    return address;
                }
            }
            throw new UnknownHostException("it has no address of the version that --from has");
        } catch (UnknownHostException e) {
            throw new MayflyException(
                    ErrorCode.NOT_FOUND,
                    "there is no host '" + typed + "'",
                    String.valueOf(e.getMessage()),
                    "check the name, or type its address",
                    e);
        }
    }

    /** As typed, with the number when that was a name. */
    String shown() {
        String number = peer.address().toString();
        return typed.equals(number) ? number : typed + " (" + number + ")";
    }
}
