package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.allow.CanonicalHost;
import dev.mayfly.sandbox.net.wire.HostPort;
import dev.mayfly.sandbox.net.wire.Printable;
import dev.mayfly.sandbox.net.wire.TargetHost;
import java.net.Inet4Address;
import java.net.InetAddress;

/** How destinations are written in evidence: {@code tcp example.org:443}, {@code udp [2001:db8::1]:443}. */
final class Subject {
    private Subject() {}

    static String tcp(HostPort target, String spelled) {
        return switch (target.host()) {
            case TargetHost.Name name -> "tcp " + name.canonical() + ":" + target.port();
            case TargetHost.Address address -> "tcp " + endpoint(address.value(), target.port());
            case TargetHost.Malformed malformed -> "tcp " + Printable.of(spelled);
        };
    }

    static String endpoint(InetAddress address, int port) {
        String text = new CanonicalHost.Address(address).toString();
        return (address instanceof Inet4Address ? text : "[" + text + "]") + ":" + port;
    }
}
