package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.base.error.MayflyException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketDescriptorTest {
    @BeforeEach
    void requireProc() {
        assumeTrue(Files.exists(Path.of("/proc/thread-self/net/tcp")), "not run here: proc: no /proc/thread-self/net");
    }

    @Test
    void a_listener_and_a_datagram_socket_are_found_among_others_of_the_same_process() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel one = ServerSocketChannel.open().bind(any);
                ServerSocketChannel two =
                        ServerSocketChannel.open(StandardProtocolFamily.INET).bind(any);
                DatagramChannel udp =
                        DatagramChannel.open(StandardProtocolFamily.INET).bind(any)) {
            int first = SocketDescriptor.ofTcpListener(one.socket().getLocalPort());
            int second = SocketDescriptor.ofTcpListener(two.socket().getLocalPort());
            int third = SocketDescriptor.ofUdp(udp.socket().getLocalPort());
            assertThat(new int[] {first, second, third}).doesNotHaveDuplicates();
            for (int fd : new int[] {first, second, third}) {
                assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd))
                                .toString())
                        .startsWith("socket:[");
            }
            two.close();
            assertThat(Files.exists(Path.of("/proc/self/fd/" + second))).isFalse();
        }
    }

    @Test
    void a_port_that_nobody_listens_on_has_no_descriptor() {
        assertThatThrownBy(() -> SocketDescriptor.ofTcpListener(1))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("port 1");
    }
}
