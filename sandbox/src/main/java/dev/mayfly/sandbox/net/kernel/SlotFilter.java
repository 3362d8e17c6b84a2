package dev.mayfly.sandbox.net.kernel;

import dev.mayfly.platform.linux.bpf.Bpf;
import dev.mayfly.platform.linux.bpf.BpfDescriptor;
import dev.mayfly.platform.linux.bpf.BpfMap;
import dev.mayfly.platform.linux.bpf.MapType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One slot's socket-lookup program with its maps. It owns all their descriptors; closing it takes the program out of
 * force, which leaves a namespace without a way out and without counting. Not safe for concurrent use, except
 * {@link #close} and the {@code steer} methods.
 */
public final class SlotFilter implements AutoCloseable {
    /** Destinations kept apart per run; a port scan beyond that is one number. */
    static final int DISTINCT_DROPS = 256;

    private static final int PORT_WORDS = 65536 / Long.SIZE;
    private static final byte[] ZERO_KEY = new byte[Integer.BYTES];

    private final BpfMap sockets;
    private final BpfMap ports;
    private final BpfMap drops;
    private final BpfMap stats;
    private final BpfDescriptor program;
    private final BpfDescriptor link;
    private final long[] portBits = new long[PORT_WORDS];

    private SlotFilter(
            BpfMap sockets, BpfMap ports, BpfMap drops, BpfMap stats, BpfDescriptor program, BpfDescriptor link) {
        this.sockets = sockets;
        this.ports = ports;
        this.drops = drops;
        this.stats = stats;
        this.program = program;
        this.link = link;
    }

    /**
     * Puts the program in force in the network namespace of this process.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code SANDBOX_SETUP} when the kernel refuses
     */
    public static SlotFilter attach(long pid) {
        return build(Optional.of(pid));
    }

    /** Makes the maps and lets the kernel verify the program, and drops both again: the proof that attach can work. */
    public static void verify() {
        build(Optional.empty()).close();
    }

    private static SlotFilter build(Optional<Long> pid) {
        List<BpfDescriptor> made = new ArrayList<>();
        try {
            BpfMap sockets = keep(made, Bpf.createMap("mf_sockets", MapType.SOCKMAP, 4, 4, LookupProgram.SOCKETS));
            BpfMap ports = keep(made, Bpf.createMap("mf_ports", MapType.ARRAY, 4, Long.BYTES, PORT_WORDS));
            BpfMap drops = keep(
                    made,
                    Bpf.createMap(
                            "mf_drops",
                            MapType.HASH,
                            LookupProgram.KEY_BYTES,
                            LookupProgram.DROP_BYTES,
                            DISTINCT_DROPS));
            BpfMap stats = keep(made, Bpf.createMap("mf_stats", MapType.ARRAY, 4, LookupProgram.STATS_BYTES, 1));
            byte[] code = LookupProgram.assemble(sockets.fd(), ports.fd(), drops.fd(), stats.fd());
            BpfDescriptor program = keep(made, Bpf.loadSocketLookup("mf_slot", code));
            BpfDescriptor link =
                    pid.map(owner -> Bpf.attachSocketLookup(program, owner)).orElse(program);
            return new SlotFilter(sockets, ports, drops, stats, program, link);
        } catch (RuntimeException e) {
            made.forEach(BpfDescriptor::close);
            throw e;
        }
    }

    private static <T extends BpfDescriptor> T keep(List<BpfDescriptor> made, T one) {
        made.add(one);
        return one;
    }

    /**
     * From now on TCP flows to names, and to literal addresses if wanted, go to this listening socket. Flows that no rule
     * can permit stay with the kernel, which refuses them faster and more plainly (ECONNREFUSED) than a mediator can.
     */
    public void steerTcp(int listener, boolean literalsToo) {
        sockets.update(word(LookupProgram.LISTENER), word(listener));
        if (literalsToo) {
            sockets.update(word(LookupProgram.LITERALS), word(listener));
        }
    }

    /** From now on TCP flows are dropped. */
    public void dropTcp() {
        sockets.delete(word(LookupProgram.LISTENER));
        sockets.delete(word(LookupProgram.LITERALS));
    }

    /** From now on UDP to port 53 of loopback goes to this socket. */
    public void steerDns(int socket) {
        sockets.update(word(LookupProgram.DNS), word(socket));
    }

    /** From now on DNS over UDP is dropped. */
    public void dropDns() {
        sockets.delete(word(LookupProgram.DNS));
    }

    /** Replaces the loopback ports that belong to the mediator instead of to the job. */
    public void mediateLoopback(Set<Integer> wanted) {
        long[] bits = new long[PORT_WORDS];
        for (int port : wanted) {
            bits[port >> 6] |= 1L << (port & 63);
        }
        for (int index = 0; index < PORT_WORDS; index++) {
            if (bits[index] != portBits[index]) {
                ports.update(word(index), longWord(bits[index]));
                portBits[index] = bits[index];
            }
        }
    }

    /** The totals since the filter was attached; one system call. */
    public Counters counters() {
        ByteBuffer totals = stats.lookup(ZERO_KEY)
                .map(bytes -> ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()))
                .orElseThrow();
        return new Counters(totals.getLong(0), totals.getLong(8), totals.getLong(16), totals.getLong(24));
    }

    /** Takes out the table of dropped destinations, so that it can fill again. */
    public List<Drop> takeDrops() {
        List<Drop> taken = new ArrayList<>();
        for (int i = 0; i < DISTINCT_DROPS; i++) {
            Optional<byte[]> key = drops.firstKey();
            if (key.isEmpty()) {
                break;
            }
            drops.lookup(key.get())
                    .map(bytes -> ByteBuffer.wrap(bytes)
                            .order(ByteOrder.nativeOrder())
                            .getLong())
                    .ifPresent(count -> taken.add(drop(key.get(), count)));
            drops.delete(key.get());
        }
        return taken;
    }

    @Override
    public void close() {
        link.close(); // first: a program in force may look into its maps
        program.close();
        stats.close();
        drops.close();
        ports.close();
        sockets.close();
    }

    private static Drop drop(byte[] key, long count) {
        ByteBuffer fields = ByteBuffer.wrap(key).order(ByteOrder.nativeOrder());
        boolean tcp = fields.getInt(0) == LookupProgram.IPPROTO_TCP;
        int port = fields.getInt(4);
        int length = fields.getInt(8) == LookupProgram.AF_INET ? 4 : 16;
        byte[] address = Arrays.copyOfRange(key, 12, 12 + length);
        try {
            return new Drop(tcp, new InetSocketAddress(InetAddress.getByAddress(address), port), count);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + length + " bytes", e);
        }
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private static byte[] longWord(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }
}
