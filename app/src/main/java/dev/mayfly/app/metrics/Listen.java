package dev.mayfly.app.metrics;

import dev.mayfly.base.config.BadValueException;
import dev.mayfly.base.config.ParseContext;
import dev.mayfly.base.config.ValueType;
import java.util.List;
import java.util.Objects;

/** Where to listen, if at all, as it was asked for. */
public sealed interface Listen {
    /** Nowhere. */
    record Off() implements Listen {}

    /**
     * @param host an address or a name of this machine; IPv6 without brackets
     * @param port 0 takes a free one
     */
    record At(String host, int port) implements Listen {
        private static final int MAX_PORT = 65_535;

        public At {
            Objects.requireNonNull(host, "host");
            if (host.isEmpty() || port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException(host + ":" + port);
            }
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** {@code off}, {@code 127.0.0.1:9464}, {@code [::1]:9464}. */
    static ValueType<Listen> type() {
        return new ValueType<>() {
            @Override
            public String description() {
                return "host:port, or off";
            }

            @Override
            public Listen parse(List<String> values, ParseContext context) throws BadValueException {
                if (values.size() != 1) {
                    throw new BadValueException("takes one value, not a list");
                }
                String text = values.getFirst();
                return text.equals("off") ? new Off() : at(text);
            }
        };
    }

    private static At at(String text) throws BadValueException {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new BadValueException("has an IPv6 address without brackets: [::1]:9464");
        }
        if (host.isBlank()) {
            throw new BadValueException("must be a host and a port, as in 127.0.0.1:9464, or off");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= At.MAX_PORT) {
                return new At(host, port);
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new BadValueException("must end with a port from 0 to " + At.MAX_PORT);
    }
}
