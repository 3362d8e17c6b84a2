package dev.mayfly.platform.probe;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** NATS and rqlite, where they are configured; where not, the embedded engines are used and nothing is missing. */
final class ServiceProbe implements Probe {
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
            found.add(NatsProbe.examine(
                    host,
                    host.services().get("nats"),
                    Optional.ofNullable(host.services().get("nats-monitor"))));
        }
        if (host.services().containsKey("rqlite")) {
            found.add(rqlite(host, host.services().get("rqlite")));
        }
        return found;
    }

    private static Capability rqlite(Host host, String url) {
        Optional<InetSocketAddress> address = ServiceUrl.address(url, 4001);
        if (address.isEmpty()) {
            return ServiceUrl.misspelt("rqlite", url, "http://127.0.0.1:4001");
        }
        String request = "GET /readyz HTTP/1.0\r\nHost: " + address.get().getHostString() + "\r\n\r\n";
        return switch (host.network().ask(address.get(), request)) {
            case HostNetwork.Answer.Silent silent ->
                Capability.unavailable(
                        "rqlite",
                        ServiceUrl.shown(url) + ": " + silent.why(),
                        "rqlited ~/rqlite   # or correct the URL");
            case HostNetwork.Answer.Said said -> {
                String status = said.text().lines().findFirst().orElse("");
                yield status.startsWith("HTTP/") && status.contains(" 200")
                        ? Capability.active("rqlite", ServiceUrl.shown(url) + " is ready")
                        : Capability.unavailable(
                                "rqlite",
                                ServiceUrl.shown(url) + " is not ready: " + status,
                                "see the log of the cluster's leader");
            }
        };
    }
}
