package dev.mayfly.sandbox.witness;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.bpf.Bpf;
import dev.mayfly.platform.linux.bpf.BpfDescriptor;
import dev.mayfly.platform.linux.bpf.BpfMap;
import dev.mayfly.platform.linux.bpf.MapType;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.seccomp.Arch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/**
 * The witness of a real kernel. Attached from its making to its close: while it is, every system call of the machine
 * costs about 0.1 µs more (docs/denials.md). The kernel drops it with this process.
 */
public final class KernelWitness implements DenialWitness {
    /** Kinds of refusals kept apart per run; beyond that they are one number. */
    static final int DISTINCT = 128;

    private static final String TRACEPOINT = "sys_exit";

    private final BpfMap totals;
    private final BpfMap tables;
    private final BpfDescriptor link;
    private final List<BpfDescriptor> owned;
    private final RefusalText text;

    private KernelWitness(BpfMap totals, BpfMap tables, BpfDescriptor link, List<BpfDescriptor> owned, Arch arch) {
        this.totals = totals;
        this.tables = tables;
        this.link = link;
        this.owned = owned;
        this.text = new RefusalText(arch);
    }

    /**
     * Attaches, or answers with a witness that says why this machine has none.
     *
     * @param groups most groups watched at once
     */
    public static DenialWitness choose(int groups) {
        Optional<Arch> arch = Arch.current();
        if (arch.isEmpty()) {
            return DenialWitness.none("architecture " + System.getProperty("os.arch") + " has no table of calls");
        }
        try {
            return attach(arch.get(), groups);
        } catch (MayflyException e) {
            return DenialWitness.none(e.what() + ": " + e.why());
        }
    }

    /** Like {@link #choose}, on a thread of its own: whoever needs the answer first waits for it. */
    public static DenialWitness inBackground(int groups) {
        FutureTask<DenialWitness> choice = new FutureTask<>(() -> choose(groups));
        Thread.ofPlatform().daemon().name("denial-witness").start(choice);
        return new LaterWitness(choice);
    }

    private static KernelWitness attach(Arch arch, int groups) {
        List<BpfDescriptor> made = new ArrayList<>();
        try {
            BpfMap totals =
                    keep(made, Bpf.createMap("mf_refused", MapType.HASH, Long.BYTES, ExitProgram.TOTALS_BYTES, groups));
            BpfMap tables;
            try (BpfMap like = table()) {
                tables = keep(made, Bpf.createMapOfMaps("mf_refusals", Long.BYTES, groups, like));
            }
            BpfMap calls = keep(made, callsOf(arch));
            BpfDescriptor program = keep(made, load(arch, calls, totals, tables));
            return new KernelWitness(totals, tables, Bpf.attachRawTracepoint(program, TRACEPOINT), made, arch);
        } catch (RuntimeException e) {
            made.forEach(BpfDescriptor::close);
            throw e;
        }
    }

    static BpfMap callsOf(Arch arch) {
        BpfMap calls = Bpf.createMap("mf_calls", MapType.ARRAY, Integer.BYTES, Integer.BYTES, ExitProgram.CALLS);
        CallTable.of(arch).forEach((number, call) -> calls.update(word(number), word(call.encoded())));
        return calls;
    }

    static BpfDescriptor load(Arch arch, BpfMap calls, BpfMap totals, BpfMap tables) {
        ExitProgram.Maps maps = new ExitProgram.Maps(calls.fd(), totals.fd(), tables.fd());
        return Bpf.loadRawTracepoint("mf_witness", ExitProgram.assemble(arch, maps));
    }

    static BpfMap table() {
        return Bpf.createMap("mf_table", MapType.HASH, ExitProgram.KEY_BYTES, Long.BYTES, DISTINCT);
    }

    private static <T extends BpfDescriptor> T keep(List<BpfDescriptor> made, T one) {
        made.add(one);
        return one;
    }

    @Override
    public LayerReport layer() {
        return new LayerReport(LAYER, false, LayerState.ACTIVE, "tracepoint " + TRACEPOINT);
    }

    @Override
    public Watch watch(long cgroupId) {
        byte[] group = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(cgroupId)
                .array();
        BpfMap table = table();
        try {
            tables.update(group, word(table.fd()));
            totals.update(group, new byte[ExitProgram.TOTALS_BYTES]);
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
        return new Group(group, table);
    }

    @Override
    public void close() {
        link.close(); // first: a program in force looks into its maps
        owned.forEach(BpfDescriptor::close);
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private final class Group implements Watch {
        private final byte[] group;
        private final BpfMap table;
        private long refused;
        private long unlisted;
        private boolean closed;

        Group(byte[] group, BpfMap table) {
            this.group = group;
            this.table = table;
        }

        @Override
        public List<Violation> collect(Map<Integer, Long> filtered) {
            ByteBuffer now = totals.lookup(group)
                    .map(bytes -> ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()))
                    .orElseThrow();
            if (now.getLong(0) == refused) {
                return List.of();
            }
            refused = now.getLong(0);
            long more = now.getLong(ExitProgram.TOTALS_UNLISTED) - unlisted;
            unlisted += more;
            return text.violations(take(), filtered, more);
        }

        private List<Refusal> take() {
            List<Refusal> taken = new ArrayList<>();
            for (int i = 0; i < DISTINCT; i++) {
                Optional<byte[]> key = table.firstKey();
                if (key.isEmpty()) {
                    break;
                }
                table.lookup(key.get())
                        .map(bytes -> ByteBuffer.wrap(bytes)
                                .order(ByteOrder.nativeOrder())
                                .getLong())
                        .ifPresent(count -> taken.add(Refusal.of(key.get(), count)));
                table.delete(key.get());
            }
            return taken;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                totals.delete(group);
                tables.delete(group);
                table.close();
            }
        }
    }
}
