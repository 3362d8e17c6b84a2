package dev.mayfly.mesh.soft;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/** UDP sockets of Linux, as far as they are needed here (socket(7), ip(7), ipv6(7), timestamping.rst). Stateless. */
final class Sockets {
    static final int SOL_SOCKET = 1;
    static final int SO_TIMESTAMPING = 37;

    /** {@code linux/net_tstamp.h}. */
    static final int TX_SOFTWARE = 1 << 1;

    static final int RX_SOFTWARE = 1 << 3;
    static final int REPORT_SOFTWARE = 1 << 4;
    static final int OPT_ID = 1 << 7;
    static final int OPT_TSONLY = 1 << 11;

    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_ERRQUEUE = 0x2000;
    static final int MSG_TRUNC = 0x20;

    static final int SOCKADDR_BYTES = 32;

    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
    static final int SO_RCVBUF = 8;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int IPPROTO_IP = 0;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_AUTOFLOWLABEL = 70;
    /** Never fragment: identification 0 and "don't fragment". */
    private static final int PMTUDISC_DO = 2;

    private static final int IP_TTL = 2;
    private static final int IP_RECVERR = 11;
    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int IPV6_RECVERR = 25;
    private static final int SO_ERROR = 4;
    private static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int IPPROTO_RAW = 255;
    private static final int SOL_RAW = 255;
    private static final int ICMP_FILTER = 1;
    private static final int ICMPV6_FILTER = 1;

    private static final String FIX = "run `mayfly doctor` to see what this machine allows";

    /** System call numbers: syscall_64.tbl, asm-generic/unistd.h. */
    private record Numbers(
            int socket,
            int bind,
            int setsockopt,
            int getsockopt,
            int ppoll,
            int recvmmsg,
            int sendmmsg,
            int sendto,
            int recvfrom) {
        static Numbers here() {
            return switch (Machine.current()) {
                case X86_64 -> new Numbers(41, 49, 54, 55, 271, 299, 307, 44, 45);
                case AARCH64 -> new Numbers(198, 200, 208, 209, 73, 243, 269, 206, 207);
                case OTHER -> new Numbers(-1, -1, -1, -1, -1, -1, -1, -1, -1);
            };
        }
    }

    private static final Numbers NUMBERS = Numbers.here();

    private Sockets() {}

    /** A bound socket that sends whole packets only. */
    static int open(IpAddress address, int port, int receiveBuffer) {
        boolean v4 = address.family() == IpAddress.Family.IPV4;
        int fd = Libc.syscall(NUMBERS.socket, v4 ? AF_INET : AF_INET6, SOCK_DGRAM_CLOEXEC, 0)
                .orThrow(ErrorCode.INTERNAL, "open a UDP socket", FIX);
        try {
            if (v4) {
                option(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_DO);
            } else {
                option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
                option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DO);
                // Switches hash it, and a copy that learns the path must be hashed alike.
                option(fd, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0);
            }
            option(fd, SOL_SOCKET, SO_RCVBUF, receiveBuffer);
            bind(fd, address, port);
            return fd;
        } catch (RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
    }

    /** A socket to ask the kernel about interfaces. */
    static int unbound() {
        return Libc.syscall(NUMBERS.socket, AF_INET, SOCK_DGRAM_CLOEXEC, 0)
                .orThrow(ErrorCode.INTERNAL, "open a UDP socket", FIX);
    }

    static void option(int fd, int level, int name, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(JAVA_INT, value);
            option(fd, level, name, segment);
        }
    }

    private static void option(int fd, int level, int name, MemorySegment value) {
        Libc.syscall(NUMBERS.setsockopt, fd, level, name, value.address(), value.byteSize(), 0)
                .orThrow(ErrorCode.INTERNAL, "set option " + name + " of a UDP socket", FIX);
    }

    /** From now on what ICMP says about datagrams of this socket is put in its error queue. */
    static void reportErrors(int fd, IpAddress.Family family) {
        switch (family) {
            case IPV4 -> option(fd, IPPROTO_IP, IP_RECVERR, 1);
            case IPV6 -> option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
        }
    }

    /** How many routers the next datagrams may pass. */
    static void hopLimit(int fd, IpAddress.Family family, int hops) {
        switch (family) {
            case IPV4 -> option(fd, IPPROTO_IP, IP_TTL, hops);
            case IPV6 -> option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops);
        }
    }

    /** Asks for the error that is due, so that it does not fail the next call. */
    static void clearError(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(4, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
            Libc.syscall(NUMBERS.getsockopt, fd, SOL_SOCKET, SO_ERROR, value.address(), length.address(), 0);
        }
    }

    /** Drops all that arrives: what a stranger sends there would take the room of the stamps. */
    static void receiveNothing(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            // struct sock_filter: BPF_RET | BPF_K with 0, keep no byte; struct sock_fprog: how many, where.
            MemorySegment instruction = arena.allocate(8, 8);
            instruction.set(JAVA_SHORT, 0, (short) 0x06);
            MemorySegment program = arena.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) 1);
            program.set(JAVA_LONG, 8, instruction.address());
            option(fd, SOL_SOCKET, SO_ATTACH_FILTER, program);
        }
    }

    private static void bind(int fd, IpAddress address, int port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SOCKADDR_BYTES, 8);
            int bytes = writeAddress(name, 0, address, port);
            Libc.syscall(NUMBERS.bind, fd, name.address(), bytes)
                    .orThrow(
                            ErrorCode.LISTEN_FAILED,
                            "take UDP port " + port + " of " + address,
                            "check that this host has the address (ip addr), and who has the port (ss -ulpn)");
        }
    }

    /** Writes a sockaddr_in or sockaddr_in6 and returns its length. */
    static int writeAddress(MemorySegment out, long at, IpAddress address, int port) {
        ByteBuffer bytes = out.asSlice(at, SOCKADDR_BYTES).asByteBuffer();
        bytes.putShort(2, (short) port);
        return switch (address.family()) {
            case IPV4 -> {
                out.set(JAVA_SHORT, at, AF_INET);
                address.put(bytes, 4);
                yield 16;
            }
            case IPV6 -> {
                out.set(JAVA_SHORT, at, AF_INET6);
                address.put(bytes, 8);
                yield 28;
            }
        };
    }

    /** Of a sockaddr_in or sockaddr_in6; empty when it is neither. */
    static Optional<IpAddress> readAddress(MemorySegment in, long at) {
        ByteBuffer bytes = in.asSlice(at).asByteBuffer();
        return switch (familyAt(in, at)) {
            case AF_INET -> Optional.of(IpAddress.v4(bytes.getInt(4)));
            case AF_INET6 -> Optional.of(IpAddress.v6(bytes.getLong(8), bytes.getLong(16)));
            default -> Optional.empty();
        };
    }

    static int familyAt(MemorySegment name, long at) {
        return name.get(JAVA_SHORT, at);
    }

    static boolean isIpv4(int family) {
        return family == AF_INET;
    }

    // SAFETY of the calls below: the addresses are of segments that their callers keep for as long as the socket lives.

    static CallResult receive(int fd, MemorySegment headers, int most, int flags) {
        return Libc.syscall(NUMBERS.recvmmsg, fd, headers.address(), most, flags, 0, 0);
    }

    /** @param state of {@link Libc#callState}, of the thread that calls */
    static CallResult receive(MemorySegment state, int fd, MemorySegment headers, int most, int flags) {
        return Libc.syscall(state, NUMBERS.recvmmsg, fd, headers.address(), most, flags, 0, 0);
    }

    static CallResult send(MemorySegment state, int fd, long headers, int count) {
        return Libc.syscall(state, NUMBERS.sendmmsg, fd, headers, count, MSG_DONTWAIT, 0, 0);
    }

    static void await(MemorySegment state, MemorySegment descriptors, int count, MemorySegment time, long nanos) {
        time.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        time.set(JAVA_LONG, 8, nanos % 1_000_000_000);
        Libc.syscall(state, NUMBERS.ppoll, descriptors.address(), count, time.address(), 0, 8, 0);
    }

    static CallResult send(int fd, long headers, int count) {
        return Libc.syscall(NUMBERS.sendmmsg, fd, headers, count, MSG_DONTWAIT, 0, 0);
    }

    /** Waits until one of the sockets has something, a stamp included. */
    static void await(MemorySegment descriptors, int count, MemorySegment time, long nanos) {
        time.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        time.set(JAVA_LONG, 8, nanos % 1_000_000_000);
        Libc.syscall(NUMBERS.ppoll, descriptors.address(), count, time.address(), 0, 8, 0);
    }

    /**
     * A raw socket, which unlike the others needs a capability.
     *
     * @param ofIcmp hears messages of ICMP; else it sends packets with their IP header
     */
    static int openRaw(IpAddress.Family family, boolean ofIcmp) {
        boolean v4 = family == IpAddress.Family.IPV4;
        int protocol = ofIcmp ? v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6 : IPPROTO_RAW;
        return Libc.syscall(NUMBERS.socket, v4 ? AF_INET : AF_INET6, SOCK_RAW_CLOEXEC, protocol)
                .orThrow(
                        ErrorCode.NAMESPACE_DENIED,
                        "open a raw socket to learn the paths of probes",
                        "run the agent as root or with CAP_NET_RAW, or switch learning of paths off");
    }

    static void watch(MemorySegment descriptor, int fd) {
        descriptor.set(JAVA_INT, 0, fd);
        descriptor.set(JAVA_SHORT, 4, (short) 1);
    }

    static void sendTo(int fd, MemorySegment bytes, int count, MemorySegment name, int nameBytes) {
        Libc.syscall(NUMBERS.sendto, fd, bytes.address(), count, MSG_DONTWAIT, name.address(), nameBytes);
    }

    /** Hears no other message of ICMP than those of one type (raw(7); RFC 3542, section 3.2). */
    static void hearOnly(int fd, IpAddress.Family family, int type) {
        switch (family) {
            case IPV4 -> option(fd, SOL_RAW, ICMP_FILTER, ~(1 << type));
            case IPV6 -> {
                try (Arena arena = Arena.ofConfined()) {
                    // A bit for each of 256 types; what is set is not heard.
                    MemorySegment filter = arena.allocate(32, 4).fill((byte) 0xFF);
                    long word = (long) (type / Integer.SIZE) * Integer.BYTES;
                    filter.set(JAVA_INT, word, ~(1 << type % Integer.SIZE));
                    option(fd, IPPROTO_ICMPV6, ICMPV6_FILTER, filter);
                }
            }
        }
    }

    /** @param name room for who sent it, and {@code nameBytes} for how long that is */
    static CallResult receiveFrom(int fd, MemorySegment bytes, int most, MemorySegment name, MemorySegment nameBytes) {
        nameBytes.set(JAVA_INT, 0, SOCKADDR_BYTES);
        return Libc.syscall(
                NUMBERS.recvfrom, fd, bytes.address(), most, MSG_DONTWAIT, name.address(), nameBytes.address());
    }

    static byte byteAt(MemorySegment segment, long at) {
        return segment.get(JAVA_BYTE, at);
    }
}
