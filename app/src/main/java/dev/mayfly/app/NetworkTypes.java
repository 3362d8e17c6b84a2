package dev.mayfly.app;

import dev.mayfly.base.config.BadValueException;
import dev.mayfly.base.config.ParseContext;
import dev.mayfly.base.config.ValueType;
import dev.mayfly.fleet.network.NetworkPolicy;
import dev.mayfly.fleet.network.Resolver;
import java.util.List;
import java.util.Optional;

/** How the network of runners is written. */
final class NetworkTypes {
    private NetworkTypes() {}

    /** {@code auto}, {@code none}, {@code internet}, {@code internet,10.20.0.0/16}. */
    static ValueType<Optional<NetworkPolicy>> policy() {
        return new ValueType<>() {
            @Override
            public String description() {
                return "auto, none, or internet and IPv4 networks";
            }

            @Override
            public Optional<NetworkPolicy> parse(List<String> values, ParseContext context) throws BadValueException {
                try {
                    return NetworkPolicy.wish(values);
                } catch (IllegalArgumentException e) {
                    throw new BadValueException(String.valueOf(e.getMessage()));
                }
            }
        };
    }

    static ValueType<Resolver> resolver() {
        return new ValueType<>() {
            @Override
            public String description() {
                return "IPv4 address";
            }

            @Override
            public Resolver parse(List<String> values, ParseContext context) throws BadValueException {
                try {
                    return new Resolver.Named(String.join(",", values));
                } catch (IllegalArgumentException e) {
                    throw new BadValueException(String.valueOf(e.getMessage()));
                }
            }
        };
    }
}
