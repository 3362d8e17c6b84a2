package dev.mayfly.platform.probe;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reading and showing the configured address of a service. */
final class ServiceUrl {
    private static final Pattern USER = Pattern.compile("//[^/@]*@");

    private ServiceUrl() {}

    static Optional<InetSocketAddress> address(String url, int defaultPort) {
        try {
            URI uri = URI.create(url.contains("://") ? url : "any://" + url);
            int port = uri.getPort() < 0 ? defaultPort : uri.getPort();
            return uri.getHost() == null || port > 65535
                    ? Optional.empty()
                    : Optional.of(InetSocketAddress.createUnresolved(uri.getHost(), port));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Capability misspelt(String name, String url, String example) {
        return Capability.unavailable(name, "not an address: " + shown(url), "write it like " + example);
    }

    /** Without user and password: this is printed. */
    static String shown(String url) {
        return USER.matcher(url).replaceFirst("//");
    }
}
