package dev.mayfly.sandbox.allow;

import dev.mayfly.sandbox.allow.CanonicalHost.Address;
import dev.mayfly.sandbox.allow.CanonicalHost.Name;
import java.net.InetAddress;

/** Reads the grammar that {@link NetRule} describes. */
final class NetRuleParser {
    private static final String FIX =
            "write host, host:443, *.example.org, host:8080-8090, 192.0.2.0/24, [2001:db8::1]:443 or [2001:db8::/32]";

    private NetRuleParser() {}

    static NetRule parse(String text) {
        if (text.isEmpty() || text.length() > NetRule.MAX_TEXT) {
            throw new AllowSyntaxException("a rule has 1 to " + NetRule.MAX_TEXT + " characters", FIX);
        }
        String rest = withoutPrefix(text, "host:");
        boolean addressOnly = false;
        if (rest.equals(text)) {
            rest = withoutPrefix(text, "addr:");
            addressOnly = !rest.equals(text);
        }
        NetRule rule = destination(rest);
        if (addressOnly && !(rule instanceof NetRule.Block)) {
            throw new AllowSyntaxException("addr: stands before an address or a block", FIX);
        }
        return rule;
    }

    /** {@code host:443} is a host called "host" with a port, not the old prefix. */
    private static String withoutPrefix(String text, String prefix) {
        boolean prefixed = text.startsWith(prefix) && !PortRange.looksLikePorts(text.substring(prefix.length()));
        return prefixed ? text.substring(prefix.length()) : text;
    }

    private static NetRule destination(String text) {
        if (text.startsWith("[")) {
            return bracketed(text);
        }
        int firstColon = text.indexOf(':');
        if (firstColon >= 0 && text.indexOf(':', firstColon + 1) >= 0) {
            return new NetRule.Block(block(text), PortRange.ANY);
        }
        PortRange ports = firstColon < 0 ? PortRange.ANY : PortRange.parse(text.substring(firstColon + 1));
        String host = firstColon < 0 ? text : text.substring(0, firstColon);
        if (host.indexOf('/') >= 0) {
            return new NetRule.Block(block(host), ports);
        }
        if (host.startsWith("*")) {
            return new NetRule.Suffix(suffix(host), ports);
        }
        return switch (CanonicalHost.parse(host)) {
            case Name name -> new NetRule.Host(name.text(), ports);
            case Address address -> new NetRule.Block(Cidr.of(address.address()), ports);
        };
    }

    private static NetRule bracketed(String text) {
        int close = text.indexOf(']');
        if (close < 0) {
            throw new AllowSyntaxException("'[' without ']'", FIX);
        }
        String after = text.substring(close + 1);
        if (!after.isEmpty() && !after.startsWith(":")) {
            throw new AllowSyntaxException("only ':' and ports may follow ']'", FIX);
        }
        PortRange ports = after.isEmpty() ? PortRange.ANY : PortRange.parse(after.substring(1));
        String inside = text.substring(1, close);
        if (inside.indexOf(':') < 0) {
            throw new AllowSyntaxException("brackets are for IPv6", FIX);
        }
        return new NetRule.Block(block(inside), ports);
    }

    private static Cidr block(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (!(CanonicalHost.parse(host) instanceof Address(InetAddress address))) {
            throw new AllowSyntaxException("'/' follows an address only", FIX);
        }
        if (slash < 0) {
            return Cidr.of(address);
        }
        String prefix = text.substring(slash + 1);
        boolean digits = Ascii.all(prefix, Ascii::isDigit)
                && prefix.length() <= 3
                && (prefix.length() == 1 || prefix.charAt(0) != '0');
        if (!digits) {
            throw new AllowSyntaxException("the prefix length is no decimal number", FIX);
        }
        return new Cidr(address, Integer.parseInt(prefix));
    }

    private static String suffix(String host) {
        if (host.equals("*")) {
            throw new AllowSyntaxException(
                    "'*' alone would be every name", "name a suffix, like *.example.org; addresses are 0.0.0.0/0");
        }
        if (!host.startsWith("*.") || host.indexOf('*', 1) >= 0) {
            throw new AllowSyntaxException("'*' stands for whole labels at the start only", "write *.example.org");
        }
        if (CanonicalHost.parse(host.substring(2)) instanceof Name(String name)) {
            return name;
        }
        throw new AllowSyntaxException("'*.' stands before a name only", "write *.example.org, or a block");
    }
}
