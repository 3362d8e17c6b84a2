package dev.mayfly.fleet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPolicyTest {
    private static NetworkPolicy policy(String text) {
        return NetworkPolicy.parse(List.of(text));
    }

    /** As the holder does: the longest decides. */
    private static boolean isOpen(NetworkPolicy policy, String address) {
        Ipv4Network one = Ipv4Network.known(address);
        Comparator<Ipv4Network> longest = Comparator.comparingInt(Ipv4Network::bits);
        Optional<Ipv4Network> open =
                policy.open().stream().filter(each -> each.contains(one)).max(longest);
        Optional<Ipv4Network> closed = policy.closed(List.of()).stream()
                .filter(each -> each.contains(one))
                .max(longest);
        return open.isPresent()
                && (closed.isEmpty() || open.get().bits() > closed.get().bits());
    }

    @ParameterizedTest
    @CsvSource({
        "internet, 8.8.8.8, true",
        "internet, 140.82.112.3, true",
        "internet, 10.1.2.3, false",
        "internet, 172.31.255.255, false",
        "internet, 172.32.0.1, true",
        "internet, 192.168.0.1, false",
        "internet, 169.254.169.254, false",
        "internet, 100.100.100.200, false",
        "internet, 168.63.129.16, false",
        "internet, 127.0.0.1, false",
        "internet, 0.0.0.0, false",
        "internet, 224.0.0.1, false",
        "internet, 255.255.255.255, false",
        "'internet,10.20.0.0/16', 10.20.0.1, true",
        "'internet,10.20.0.0/16', 10.21.0.1, false",
        "'internet,10.0.0.0/8', 10.21.0.1, true",
        "10.20.0.0/16, 10.20.3.4, true",
        "10.20.0.0/16, 8.8.8.8, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, 10.0.0.1, false",
        "169.254.169.254, 169.254.169.254, true",
        "none, 8.8.8.8, false",
    })
    void the_longest_network_decides(String policy, String address, boolean open) {
        assertThat(isOpen(policy(policy), address)).isEqualTo(open);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "all",
                "none,internet",
                "github.com",
                "10.20.0.1/16",
                "10.20.0.0/33",
                "10.20.0/16",
                "010.0.0.0/8",
                "10.0.0.0/8/8",
                "10.0.0.0/",
                "1.2.3.256",
                "fd00::/8",
                "127.0.0.1",
                "127.0.0.0/8",
                "0.0.0.0",
                "224.0.0.251",
                "255.255.255.255"
            })
    void what_is_no_network_is_refused_with_what_would_be_one(String text) {
        assertThatThrownBy(() -> policy(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void it_reads_as_it_was_written() {
        for (String each : List.of("none", "internet", "internet,10.20.0.0/16,1.2.3.4/32", "10.0.0.0/8")) {
            assertThat(policy(each)).hasToString(each);
        }
    }

    @Test
    void the_server_is_closed_unless_its_own_address_was_named(@TempDir Path folder) {
        Path program = folder.resolve("mayfly-slot");
        Resolver resolver = new Resolver.Named("1.2.3.4");
        List<String> server = List.of("8.8.4.4", "127.0.0.1");
        assertThat(new WayOut(program, policy("internet"), resolver, server, Optional.empty()).words())
                .contains("open=0.0.0.0/0", "closed=8.8.4.4/32", "closed=10.0.0.0/8", "resolver=1.2.3.4")
                .doesNotContain("closed=127.0.0.1/32");
        assertThat(new WayOut(program, policy("internet,8.8.4.4"), resolver, server, Optional.empty()).words())
                .contains("open=8.8.4.4/32")
                .doesNotContain("closed=8.8.4.4/32");
    }

    @Test
    void names_are_asked_of_whom_the_host_asks(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("resolv.conf"),
                "# a comment\nsearch x\nnameserver ::1\nnameserver\t9.9.9.9\nnameserver 1.1.1.1\n");
        assertThat(new Resolver.OfHost(file).current()).contains("9.9.9.9");
        assertThat(new Resolver.OfHost(folder.resolve("none")).current()).isEmpty();
        assertThatThrownBy(() -> new Resolver.Named("dns.example")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Resolver.Named("10.0.0.0/8")).isInstanceOf(IllegalArgumentException.class);
    }
}
