package dev.mayfly.sandbox.net.kernel;

import static dev.mayfly.platform.linux.bpf.Register.R0;
import static dev.mayfly.platform.linux.bpf.Register.R1;
import static dev.mayfly.platform.linux.bpf.Register.R10;
import static dev.mayfly.platform.linux.bpf.Register.R2;
import static dev.mayfly.platform.linux.bpf.Register.R3;
import static dev.mayfly.platform.linux.bpf.Register.R4;
import static dev.mayfly.platform.linux.bpf.Register.R6;
import static dev.mayfly.platform.linux.bpf.Register.R7;
import static dev.mayfly.platform.linux.bpf.Register.R8;
import static dev.mayfly.platform.linux.bpf.Register.R9;

import dev.mayfly.platform.linux.bpf.BpfAssembler;

/**
 * The decision that the kernel takes for every new flow (TCP SYN, first UDP packet) inside a slot's namespace:
 *
 * <pre>
 * to loopback   UDP 127.0.0.53:53           the mediator's DNS socket, else drop
 *               other UDP 53                drop
 *               TCP 53, TCP mediated port   the mediator's listener, else drop
 *               anything else               pass: the job's own services
 * 198.18.0.0/15 TCP                         the mediator's listener, else drop: addresses that stand for names
 * elsewhere     TCP                         the mediator's listener for literals, else drop
 *               UDP                         drop
 * </pre>
 *
 * <p>A drop is an immediate ECONNREFUSED for the job (TCP reset, ICMP port unreachable) and is counted by destination. A
 * socket that is not in the map is a drop, so an empty map denies all. Registers: R6 context, R7 protocol, R8 local port,
 * R9 index of the wanted socket.
 */
final class LookupProgram {
    /** Slots of the socket map. */
    static final int LISTENER = 0;

    static final int DNS = 1;

    /** The listener again, for destinations that are literal addresses; absent when no rule permits any address. */
    static final int LITERALS = 2;

    static final int SOCKETS = 3;

    /** u32 protocol, u32 port, u32 family, 16 bytes of address in network order. */
    static final int KEY_BYTES = 28;

    static final int IPPROTO_TCP = 6;
    static final int AF_INET = 2;

    /** u64 drops, u64 port that the last one came from, until the error for it has been seen. */
    static final int DROP_BYTES = 16;

    /** u64 each: drops, drops that found the table full, flows given to the listener, packets given to the DNS socket. */
    static final int STATS_BYTES = 32;

    private static final int STATS_UNLISTED = 8;
    private static final int STATS_STEERED = 16;

    private static final int IPPROTO_UDP = 17;
    private static final int DNS_PORT = 53;

    /** struct bpf_sk_lookup, include/uapi/linux/bpf.h; the local port is in host order, addresses in network order. */
    private static final int CONTEXT_FAMILY = 8;

    private static final int CONTEXT_PROTOCOL = 12;
    private static final int CONTEXT_REMOTE_IP4 = 16;
    private static final int CONTEXT_REMOTE_IP6 = 20;
    private static final int CONTEXT_REMOTE_PORT = 36;
    private static final int CONTEXT_LOCAL_IP4 = 40;
    private static final int CONTEXT_LOCAL_IP6 = 44;
    private static final int CONTEXT_LOCAL_PORT = 60;

    private static final int SK_DROP = 0;
    private static final int SK_PASS = 1;

    private static final int MAP_LOOKUP = 1;
    private static final int MAP_UPDATE = 2;
    private static final int SK_RELEASE = 86;
    private static final int SK_ASSIGN = 124;
    private static final int NO_EXIST = 1;

    /** Frame: key, array index, fresh entry of the drop table, key made of the remote end. */
    private static final int KEY = -32;

    private static final int INDEX = -40;
    private static final int FRESH = -56;
    private static final int REMOTE_KEY = -88;

    private static final int LOOPBACK_NET = 127;
    /** 127.0.0.53 as a little-endian machine loads it; the name server in the box's resolv.conf. */
    private static final int RESOLVER = 0x3500007f;
    /** 198.18.0.0/15, where names have their addresses, and its mask, as a little-endian machine loads them. */
    private static final int SYNTHETIC_NET = 0x000012c6;

    private static final int SYNTHETIC_MASK = 0x0000feff;
    /** The last word of ::1 as a little-endian machine loads it. */
    private static final int LAST_WORD_OF_ONE = 0x01000000;

    private LookupProgram() {}

    /** The program over four maps: sockets, bits of mediated loopback ports, drops by destination, totals. */
    static byte[] assemble(int sockets, int ports, int drops, int stats) {
        BpfAssembler code = new BpfAssembler();
        code.move(R6, R1)
                .loadWord(R7, R6, CONTEXT_PROTOCOL)
                .loadWord(R8, R6, CONTEXT_LOCAL_PORT)
                .loadWord(R9, R6, CONTEXT_FAMILY)
                .storeWord(R10, KEY, R7)
                .storeWord(R10, KEY + 4, R8)
                .storeWord(R10, KEY + 8, R9);
        classifyAddress(code);
        loopback(code, ports);
        code.label("elsewhere")
                .jumpIfNotEqual(R7, IPPROTO_TCP, "drop")
                .move(R9, LITERALS)
                .loadWord(R0, R10, KEY + 8)
                .jumpIfNotEqual(R0, AF_INET, "steer")
                .loadWord(R0, R10, KEY + 12)
                .and(R0, SYNTHETIC_MASK)
                .jumpIfNotEqual(R0, SYNTHETIC_NET, "steer")
                .label("listener")
                .move(R9, LISTENER);
        steer(code, sockets, stats);
        countAndDrop(code, drops, stats);
        code.label("pass").move(R0, SK_PASS).exit();
        return code.assemble();
    }

    private static void classifyAddress(BpfAssembler code) {
        code.jumpIfNotEqual(R9, AF_INET, "ipv6")
                .loadWord(R0, R6, CONTEXT_LOCAL_IP4)
                .storeWord(R10, KEY + 12, R0)
                .storeWord(R10, KEY + 16, 0)
                .storeWord(R10, KEY + 20, 0)
                .storeWord(R10, KEY + 24, 0)
                .and(R0, 0xff) // the first octet: network order, loaded by a little-endian machine
                .jumpIfEqual(R0, LOOPBACK_NET, "loopback")
                .jump("elsewhere")
                .label("ipv6")
                .loadWord(R0, R6, CONTEXT_LOCAL_IP6)
                .loadWord(R1, R6, CONTEXT_LOCAL_IP6 + 4)
                .loadWord(R2, R6, CONTEXT_LOCAL_IP6 + 8)
                .loadWord(R3, R6, CONTEXT_LOCAL_IP6 + 12)
                .storeWord(R10, KEY + 12, R0)
                .storeWord(R10, KEY + 16, R1)
                .storeWord(R10, KEY + 20, R2)
                .storeWord(R10, KEY + 24, R3)
                .jumpIfNotEqual(R0, 0, "elsewhere")
                .jumpIfNotEqual(R1, 0, "elsewhere")
                .jumpIfNotEqual(R2, 0, "elsewhere")
                .jumpIfNotEqual(R3, LAST_WORD_OF_ONE, "elsewhere");
    }

    private static void loopback(BpfAssembler code, int ports) {
        code.label("loopback")
                .jumpIfEqual(R7, IPPROTO_TCP, "loopback tcp")
                .jumpIfNotEqual(R7, IPPROTO_UDP, "pass")
                .jumpIfNotEqual(R8, DNS_PORT, "pass")
                .loadWord(R0, R10, KEY + 12)
                .jumpIfNotEqual(R0, RESOLVER, "drop") // an answer could not come from the address that was asked
                .move(R9, DNS)
                .jump("steer")
                .label("loopback tcp")
                .jumpIfEqual(R8, DNS_PORT, "listener")
                .move(R1, R8)
                .shiftRight(R1, 6)
                .storeWord(R10, INDEX, R1)
                .loadMap(R1, ports)
                .move(R2, R10)
                .addTo(R2, INDEX)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, "pass")
                .loadLong(R1, R0, 0)
                .and(R8, 63)
                .move(R2, 1)
                .shiftLeft(R2, R8)
                .and(R1, R2)
                .jumpIfEqual(R1, 0, "pass")
                .jump("listener");
    }

    private static void steer(BpfAssembler code, int sockets, int stats) {
        code.label("steer")
                .storeWord(R10, INDEX, R9)
                .loadMap(R1, sockets)
                .move(R2, R10)
                .addTo(R2, INDEX)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, "drop")
                .move(R8, R0)
                .move(R1, R6)
                .move(R2, R8)
                .move(R3, 0)
                .call(SK_ASSIGN)
                .move(R7, R0)
                .move(R1, R8)
                .call(SK_RELEASE)
                .jumpIfNotEqual(R7, 0, "drop")
                .storeWord(R10, INDEX, 0)
                .loadMap(R1, stats)
                .move(R2, R10)
                .addTo(R2, INDEX)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, "pass")
                .move(R1, 1)
                .jumpIfEqual(R9, DNS, "count dns")
                .atomicAdd(R0, STATS_STEERED, R1)
                .jump("pass")
                .label("count dns")
                .atomicAdd(R0, STATS_STEERED + 8, R1)
                .jump("pass");
    }

    private static void countAndDrop(BpfAssembler code, int drops, int stats) {
        code.label("drop").loadHalf(R9, R6, CONTEXT_REMOTE_PORT).fromNetwork16(R9);
        forgetErrors(code, drops);
        code.label("count")
                .storeWord(R10, INDEX, 0)
                .loadMap(R1, stats)
                .move(R2, R10)
                .addTo(R2, INDEX)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, "refuse")
                .move(R8, R0)
                .move(R1, 1)
                .atomicAdd(R8, 0, R1);
        addIfKnown(code, drops, "first of its kind");
        code.jump("refuse")
                .label("first of its kind")
                .storeLong(R10, FRESH, 1)
                .storeLong(R10, FRESH + 8, R9)
                .loadMap(R1, drops)
                .move(R2, R10)
                .addTo(R2, KEY)
                .move(R3, R10)
                .addTo(R3, FRESH)
                .move(R4, NO_EXIST)
                .call(MAP_UPDATE)
                .jumpIfEqual(R0, 0, "refuse");
        addIfKnown(code, drops, "table full"); // another processor may have been first
        code.jump("refuse")
                .label("table full")
                .move(R1, 1)
                .atomicAdd(R8, STATS_UNLISTED, R1)
                .label("refuse")
                .move(R0, SK_DROP)
                .exit();
    }

    /**
     * A dropped UDP packet makes the kernel send an ICMP error, and the search for the socket that the error is meant for
     * asks this program again, with the ends exchanged. It must not count as an attempt of the job: it is told by its
     * remote end, a destination dropped just now, and its local port, the one that packet came from.
     */
    private static void forgetErrors(BpfAssembler code, int drops) {
        code.jumpIfEqual(R7, IPPROTO_TCP, "count")
                .storeWord(R10, REMOTE_KEY, R7)
                .storeWord(R10, REMOTE_KEY + 4, R9)
                .loadWord(R1, R10, KEY + 8)
                .storeWord(R10, REMOTE_KEY + 8, R1)
                .jumpIfNotEqual(R1, AF_INET, "remote ipv6")
                .loadWord(R1, R6, CONTEXT_REMOTE_IP4)
                .storeWord(R10, REMOTE_KEY + 12, R1)
                .storeWord(R10, REMOTE_KEY + 16, 0)
                .storeWord(R10, REMOTE_KEY + 20, 0)
                .storeWord(R10, REMOTE_KEY + 24, 0)
                .jump("remote known")
                .label("remote ipv6");
        for (int word = 0; word < 16; word += 4) {
            code.loadWord(R1, R6, CONTEXT_REMOTE_IP6 + word).storeWord(R10, REMOTE_KEY + 12 + word, R1);
        }
        code.label("remote known")
                .loadMap(R1, drops)
                .move(R2, R10)
                .addTo(R2, REMOTE_KEY)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, "count")
                .loadLong(R1, R0, 8)
                .loadWord(R2, R10, KEY + 4)
                .jumpIfNotEqual(R1, R2, "count")
                .storeLong(R0, 8, 0)
                .jump("refuse");
    }

    private static void addIfKnown(BpfAssembler code, int drops, String otherwise) {
        code.loadMap(R1, drops)
                .move(R2, R10)
                .addTo(R2, KEY)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, otherwise)
                .storeLong(R0, 8, R9)
                .move(R1, 1)
                .atomicAdd(R0, 0, R1);
    }
}
