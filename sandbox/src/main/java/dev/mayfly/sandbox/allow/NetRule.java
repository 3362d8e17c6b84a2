package dev.mayfly.sandbox.allow;

import java.net.InetAddress;
import java.util.Optional;

/**
 * One destination that may be reached.
 *
 * <p>Grammar: {@code [host:|addr:]destination[:ports]} where the destination is a host name, {@code *.suffix}, an IPv4
 * address or block, {@code [IPv6]} or {@code [IPv6/prefix]} (brackets may be left out when no ports follow), and ports
 * are {@code 443}, {@code 8080-8090} or {@code *}; none means all. {@code *.suffix} stands for names with at least one
 * label before the suffix, never for the suffix itself. The prefixes {@code host:} and {@code addr:} are old spellings.
 * As text a rule has its canonical spelling; reading that gives an equal rule.
 */
public sealed interface NetRule {
    int MAX_TEXT = 512;

    PortRange ports();

    /** What both rules permit; rules of different kinds have nothing in common, as names and addresses never do. */
    Optional<NetRule> intersect(NetRule other);

    /** Whether every destination of the other rule, ports left aside, is one of this rule. */
    boolean reachesAllOf(NetRule other);

    /** Exactly this name. */
    record Host(String name, PortRange ports) implements NetRule {
        @Override
        public Optional<NetRule> intersect(NetRule other) {
            return switch (other) {
                case Host host
                when host.name.equals(name) -> ports.intersect(host.ports).map(range -> new Host(name, range));
                case Suffix suffix
                when suffix.covers(name) -> ports.intersect(suffix.ports).map(range -> new Host(name, range));
                case Host _, Suffix _, Block _ -> Optional.empty();
            };
        }

        @Override
        public boolean reachesAllOf(NetRule other) {
            return other instanceof Host host && host.name.equals(name);
        }

        @Override
        public String toString() {
            return name + ports.suffix();
        }
    }

    /** Every name below this one; the dot before the suffix is part of the test. */
    record Suffix(String suffix, PortRange ports) implements NetRule {
        boolean covers(String name) {
            return name.length() > suffix.length() + 1 && name.endsWith("." + suffix);
        }

        @Override
        public Optional<NetRule> intersect(NetRule other) {
            return switch (other) {
                case Host host -> host.intersect(this);
                case Suffix that
                when that.reachesAllOf(this) -> ports.intersect(that.ports).map(range -> new Suffix(suffix, range));
                case Suffix that
                when reachesAllOf(that) -> ports.intersect(that.ports).map(range -> new Suffix(that.suffix, range));
                case Suffix _, Block _ -> Optional.empty();
            };
        }

        @Override
        public boolean reachesAllOf(NetRule other) {
            return switch (other) {
                case Host host -> covers(host.name);
                case Suffix that -> that.suffix.equals(suffix) || covers(that.suffix);
                case Block _ -> false;
            };
        }

        @Override
        public String toString() {
            return "*." + suffix + ports.suffix();
        }
    }

    /**
     * The addresses of this block. Those of a special range (loopback, private, metadata …) only when the whole block
     * lies in that range: {@code 10.0.0.0/8} says that it means private addresses, {@code 0.0.0.0/0} does not.
     */
    record Block(Cidr block, PortRange ports) implements NetRule {
        boolean covers(InetAddress address) {
            return block.contains(address)
                    && SpecialRanges.of(address)
                            .filter(range -> !range.block().contains(block))
                            .isEmpty();
        }

        @Override
        public Optional<NetRule> intersect(NetRule other) {
            if (!(other instanceof Block that)) {
                return Optional.empty();
            }
            return reachesAllOf(that) || that.reachesAllOf(this)
                    ? ports.intersect(that.ports).map(range -> new Block(narrower(that), range))
                    : Optional.empty();
        }

        private Cidr narrower(Block that) {
            return block.prefix() >= that.block.prefix() ? block : that.block;
        }

        @Override
        public boolean reachesAllOf(NetRule other) {
            return other instanceof Block that
                    && block.contains(that.block)
                    && SpecialRanges.holding(that.block)
                            .filter(range -> !range.block().contains(block))
                            .isEmpty();
        }

        @Override
        public String toString() {
            boolean bracketed = block.network().getAddress().length == 16;
            return (bracketed ? "[" + block + "]" : block.toString()) + ports.suffix();
        }
    }

    /** @throws AllowSyntaxException when the text does not fit the grammar */
    static NetRule parse(String text) {
        return NetRuleParser.parse(text);
    }

    /** The rule that permits exactly this address on these ports. */
    static NetRule of(InetAddress address, PortRange ports) {
        return new Block(Cidr.of(address), ports);
    }
}
