package dev.mayfly.platform.probe;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NATS and rqlite, where they are configured; where not, the embedded engines are used and nothing is missing. */
final class ServiceProbe implements Probe {
    private static final Pattern VERSION = Pattern.compile("\"version\":\\s*\"([^\"]{1,40})\"");
    private static final Pattern USER = Pattern.compile("//[^/@]*@");

    @Override
    public List<String> names() {
        return List.of();
    }

    @Override
    public boolean linuxOnly() {
        return false;
    }

    @Override
    public List<Capability> examine(Host host) {
        List<Capability> found = new ArrayList<>();
        if (host.services().containsKey("nats")) {
            found.add(nats(host, host.services().get("nats")));
        }
        if (host.services().containsKey("rqlite")) {
            found.add(rqlite(host, host.services().get("rqlite")));
        }
        return found;
    }

    private static Capability nats(Host host, String url) {
        Optional<InetSocketAddress> address = address(url, 4222);
        if (address.isEmpty()) {
            return misspelt("nats", url, "nats://127.0.0.1:4222");
        }
        return switch (host.network().ask(address.get(), "")) {
            case HostNetwork.Answer.Silent silent ->
                Capability.unavailable(
                        "nats", shown(url) + ": " + silent.why(), "nats-server --jetstream   # or correct the URL");
            case HostNetwork.Answer.Said said -> {
                Matcher version = VERSION.matcher(said.text());
                if (!said.text().startsWith("INFO ") || !version.find()) {
                    yield Capability.unavailable(
                            "nats", shown(url) + " answers, but not as NATS does", "correct the URL");
                }
                String evidence = shown(url) + ", version " + version.group(1);
                // 2.9 knows no sync_interval, and gives acknowledged messages again after a crash.
                yield KernelVersion.parse(version.group(1))
                                .filter(each -> each.atLeast(2, 10))
                                .isPresent()
                        ? Capability.active("nats", evidence)
                        : Capability.degraded(
                                "nats",
                                evidence + ": acknowledged messages may come again after a crash of the server",
                                "upgrade nats-server to 2.10 or newer");
            }
        };
    }

    private static Capability rqlite(Host host, String url) {
        Optional<InetSocketAddress> address = address(url, 4001);
        if (address.isEmpty()) {
            return misspelt("rqlite", url, "http://127.0.0.1:4001");
        }
        String request = "GET /readyz HTTP/1.0\r\nHost: " + address.get().getHostString() + "\r\n\r\n";
        return switch (host.network().ask(address.get(), request)) {
            case HostNetwork.Answer.Silent silent ->
                Capability.unavailable(
                        "rqlite", shown(url) + ": " + silent.why(), "rqlited ~/rqlite   # or correct the URL");
            case HostNetwork.Answer.Said said -> {
                String status = said.text().lines().findFirst().orElse("");
                yield status.startsWith("HTTP/") && status.contains(" 200")
                        ? Capability.active("rqlite", shown(url) + " is ready")
                        : Capability.unavailable(
                                "rqlite",
                                shown(url) + " is not ready: " + status,
                                "see the log of the cluster's leader");
            }
        };
    }

    private static Optional<InetSocketAddress> address(String url, int defaultPort) {
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

    private static Capability misspelt(String name, String url, String example) {
        return Capability.unavailable(name, "not an address: " + shown(url), "write it like " + example);
    }

    /** Without user and password: this is printed. */
    private static String shown(String url) {
        return USER.matcher(url).replaceFirst("//");
    }
}
