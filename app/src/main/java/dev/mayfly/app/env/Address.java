package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port.
 *
 * @param host a name or a number; one of IPv6 is written in brackets
 */
record Address(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9.-]+)):([0-9]{1,5})");
    private static final int HIGHEST_PORT = 65_535;

    /** Empty for what is none, such as a path. */
    static Optional<Address> read(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > HIGHEST_PORT) {
            return Optional.empty();
        }
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        return Optional.of(new Address(host, Integer.parseInt(parts.group(3))));
    }

    static Address parse(String text) {
        return read(text)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "'" + text + "' is no address",
                        "it is host:port",
                        "for example: 127.0.0.1:7737"));
    }

    InetSocketAddress resolved() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED, "there is no host " + host, "its name cannot be resolved", "name another");
        }
        return address;
    }
}
