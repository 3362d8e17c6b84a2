package dev.mayfly.app.mesh;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a controller listens.
 *
 * @param host a name or a number; one of IPv6 is written in brackets
 */
record MeshAddress(String host, int port) {
    /** That of the controller that this takes the place of. */
    static final String USUAL = "127.0.0.1:50051";

    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9.-]*)):([0-9]{1,5})");
    private static final int HIGHEST_PORT = 65_535;

    static MeshAddress parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > HIGHEST_PORT) {
            throw new MayflyException(
                    ErrorCode.USAGE, "'" + text + "' is no address", "it is host:port", "for example: " + USUAL);
        }
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        return new MeshAddress(host.isEmpty() ? "0.0.0.0" : host, Integer.parseInt(parts.group(3)));
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
