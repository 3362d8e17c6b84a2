package dev.mayfly.fleet.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What runners may reach: of several networks that hold an address the longest decides.
 *
 * @param internet all public addresses
 * @param named what else, by name
 */
public record NetworkPolicy(boolean internet, List<Ipv4Network> named) {
    public static final NetworkPolicy NONE = new NetworkPolicy(false, List.of());
    public static final NetworkPolicy INTERNET = new NetworkPolicy(true, List.of());

    private static final Ipv4Network EVERYTHING = Ipv4Network.known("0.0.0.0/0");

    /** These are nobody's for a runner to connect to: this host and this network, loopbacks, many at once, reserved. */
    private static final List<Ipv4Network> NEVER = Stream.of("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3")
            .map(Ipv4Network::known)
            .toList();

    /**
     * Not public, of the IANA IPv4 Special-Purpose Address Registry: private networks (RFC 1918), those of carriers (RFC
     * 6598), link-local with the metadata services of clouds (RFC 3927), assignments of protocols (RFC 6890), documentation
     * (RFC 5737), relays to IPv6 (RFC 7526), benchmarks (RFC 2544). The last is public by its number and answers as the
     * services that a host of Azure has from its cloud (learn.microsoft.com, "What is IP address 168.63.129.16?").
     */
    private static final List<Ipv4Network> NOT_PUBLIC = Stream.of(
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "168.63.129.16/32")
            .map(Ipv4Network::known)
            .toList();

    public NetworkPolicy {
        named = List.copyOf(named);
    }

    /** As {@link #parse}; empty for {@code auto}: the internet where it can be had, else nothing. */
    public static Optional<NetworkPolicy> wish(List<String> words) {
        return words.equals(List.of("auto")) ? Optional.empty() : Optional.of(parse(words));
    }

    /**
     * @param words {@code none}; or {@code internet} and networks
     * @throws IllegalArgumentException with what is wrong, for people
     */
    public static NetworkPolicy parse(List<String> words) {
        List<String> all = words.stream()
                .flatMap(word -> Stream.of(word.split(",", -1)))
                .map(String::strip)
                .toList();
        if (all.equals(List.of("none"))) {
            return NONE;
        }
        boolean internet = false;
        List<Ipv4Network> named = new ArrayList<>();
        for (String word : all) {
            if (word.equals("internet")) {
                internet = true;
            } else {
                named.add(network(word));
            }
        }
        return new NetworkPolicy(internet, named);
    }

    private static Ipv4Network network(String word) {
        Ipv4Network network = Ipv4Network.parse(word)
                .orElseThrow(() -> new IllegalArgumentException("must be auto, none, internet, or IPv4 networks such as"
                        + " 10.20.0.0/16 (names change their addresses, so none can be given): " + word));
        for (Ipv4Network each : NEVER) {
            if (each.contains(network)) {
                throw new IllegalArgumentException("has " + word + ", where no runner can connect to (" + each + ")");
            }
        }
        return network;
    }

    public boolean isNone() {
        return !internet && named.isEmpty();
    }

    List<Ipv4Network> open() {
        List<Ipv4Network> open = new ArrayList<>(named);
        if (internet && !open.contains(EVERYTHING)) {
            open.add(EVERYTHING);
        }
        return open;
    }

    /** Of what is open, without what was named just so. */
    List<Ipv4Network> closed(List<Ipv4Network> also) {
        return Stream.of(NEVER, NOT_PUBLIC, also)
                .flatMap(List::stream)
                .distinct()
                .filter(each -> !named.contains(each))
                .toList();
    }

    /** As it was asked for. */
    @Override
    public String toString() {
        if (isNone()) {
            return "none";
        }
        return String.join(
                ",",
                Stream.concat(
                                internet ? Stream.of("internet") : Stream.empty(),
                                named.stream().map(Ipv4Network::toString))
                        .toList());
    }
}
