package dev.mayfly.mesh.verbs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.mesh.service.Tracing;
import dev.mayfly.mesh.service.VerbsEvent;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.platform.linux.bpf.Bpf;
import dev.mayfly.platform.linux.bpf.BpfDescriptor;
import dev.mayfly.platform.linux.bpf.BpfMap;
import dev.mayfly.platform.linux.bpf.MapType;
import dev.mayfly.platform.linux.bpf.RingBuffer;
import dev.mayfly.platform.linux.bpf.Uprobe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/** Watches libibverbs on Linux. One platform thread reads the ring, another looks for new copies of the library. */
public final class VerbsTracer implements Tracing {
    private static final int POLL_MILLIS = 100;
    /** PROC_PID_INIT_INO, include/linux/proc_ns.h. */
    private static final String FIRST_NAMESPACE = "pid:[4026531836]";

    private static final int PROCESSES = 1 << 16;
    private static final int MOST_THREADS = 4096;

    private final VerbsOptions options;
    private final Log log;

    public VerbsTracer(VerbsOptions options, Log log) {
        this.options = options;
        this.log = log;
    }

    @Override
    public Running start(Sink sink) {
        VerbsDoctor.require();
        try {
            return new Watching(options, log, sink);
        } catch (MayflyException e) {
            throw new MayflyException(
                    ErrorCode.TRACING_UNAVAILABLE,
                    "Services cannot be traced here: " + e.what(),
                    e.why(),
                    VerbsDoctor.FIX,
                    e);
        }
    }

    /**
     * Whether a process of this number may be there. The kernel numbers processes for the whole host; in a container nobody can
     * say, so all may.
     */
    public static IntPredicate alive() {
        try {
            boolean wholeHost = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
                    .toString()
                    .equals(FIRST_NAMESPACE);
            return wholeHost ? process -> Files.exists(Path.of("/proc/" + process)) : _ -> true;
        } catch (IOException | UnsupportedOperationException _) {
            return _ -> true;
        }
    }

    /** All that is open in the kernel while it runs. */
    static final class Watching implements Running {
        private final Sink sink;
        private final List<AutoCloseable> owned = new ArrayList<>();
        private final BpfMap lost;
        private final RingBuffer ring;
        private final Attachments attachments;
        private final LibraryScan scan;
        private final long lookNanos;
        private final Map<Integer, VerbsEvent> lastOfThread = new HashMap<>();
        private final Thread reading;
        private final Thread looking;
        private long lostBefore;
        private volatile boolean closed;

        Watching(VerbsOptions options, Log log, Sink sink) {
            this.sink = sink;
            this.lookNanos = options.look().toNanos();
            try {
                BpfMap records = own(Bpf.createRing("mf_verbs", options.ringBytes()));
                lost = own(Bpf.createMap("mf_verbs_lost", MapType.ARRAY, Integer.BYTES, Long.BYTES, 1));
                BpfMap processes =
                        own(Bpf.createMap("mf_verbs_procs", MapType.LRU_HASH, Integer.BYTES, Integer.BYTES, PROCESSES));
                ring = own(RingBuffer.open(records, options.ringBytes()));
                VerbsProgram.Maps maps = new VerbsProgram.Maps(records.fd(), lost.fd(), processes.fd());
                BpfDescriptor ended =
                        own(Bpf.loadRawTracepoint("mf_proc_ended", VerbsProgram.ended(Machine.current(), maps)));
                own(Bpf.attachRawTracepoint(ended, "sched_process_exit"));
                own(Bpf.attachRawTracepoint(ended, "sched_process_exec"));
                attachments = own(new Attachments(maps, log));
                scan = new LibraryScan(Path.of("/proc"), options.names());
                attachments.always(options.always());
                attachments.follow(scan.look(System.nanoTime()), System.nanoTime());
            } catch (RuntimeException e) {
                closeAll();
                throw e;
            }
            reading = Thread.ofPlatform().name("mesh-verbs").daemon().start(this::read);
            looking = Thread.ofPlatform().name("mesh-libraries").daemon().start(this::look);
        }

        private <T extends AutoCloseable> T own(T opened) {
            owned.add(opened);
            return opened;
        }

        @Override
        public int libraries() {
            return attachments.size();
        }

        private void read() {
            while (!closed) {
                ring.await(POLL_MILLIS);
                ring.drain(this::record);
                tellLost();
            }
        }

        private void record(ByteBuffer in, int at, int bytes) {
            if (bytes < VerbsEvent.BYTES) {
                return;
            }
            VerbsEvent event = VerbsEvent.read(in, at);
            if (attachments.everSeveral() && seenTwice(event)) {
                return;
            }
            sink.happened(event);
        }

        /** Whether another probe has told of this call: then both are on one file, which has two names. */
        private boolean seenTwice(VerbsEvent event) {
            if (lastOfThread.size() >= MOST_THREADS) {
                lastOfThread.clear();
            }
            VerbsEvent before = lastOfThread.get(event.tuple().thread());
            if (before == null || !event.sameCallAs(before)) {
                lastOfThread.put(event.tuple().thread(), event);
                return false;
            }
            attachments.twins(before.probe(), event.probe());
            return true;
        }

        private void tellLost() {
            long now = lost.lookup(new byte[Integer.BYTES])
                    .map(value -> ByteBuffer.wrap(value)
                            .order(ByteOrder.nativeOrder())
                            .getLong())
                    .orElse(lostBefore);
            if (now != lostBefore) {
                sink.lost(now - lostBefore);
                lostBefore = now;
            }
        }

        private void look() {
            while (!closed) {
                LockSupport.parkNanos(lookNanos);
                if (!closed) {
                    attachments.follow(scan.look(System.nanoTime()), System.nanoTime());
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            LockSupport.unpark(looking);
            try {
                reading.join();
                looking.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            closeAll();
        }

        private void closeAll() {
            for (AutoCloseable each : owned.reversed()) {
                try {
                    each.close();
                } catch (Exception e) {
                    throw new IllegalStateException("what is closed here throws nothing", e);
                }
            }
            owned.clear();
        }
    }

    /** For the doctor: whether everything can be had that {@link #start} needs. */
    static void tryOut(Path file, long offset) {
        int bytes = 1 << 16;
        try (BpfMap records = Bpf.createRing("mf_try", bytes);
                BpfMap lost = Bpf.createMap("mf_try", MapType.ARRAY, Integer.BYTES, Long.BYTES, 1);
                BpfMap processes = Bpf.createMap("mf_try", MapType.LRU_HASH, Integer.BYTES, Integer.BYTES, 1);
                RingBuffer _ = RingBuffer.open(records, bytes)) {
            VerbsProgram.Maps maps = new VerbsProgram.Maps(records.fd(), lost.fd(), processes.fd());
            Machine machine = Machine.current();
            try (BpfDescriptor ended = Bpf.loadRawTracepoint("mf_try", VerbsProgram.ended(machine, maps));
                    BpfDescriptor _ = Bpf.attachRawTracepoint(ended, "sched_process_exit");
                    BpfDescriptor changed = Bpf.loadProbe("mf_try", VerbsProgram.changed(machine, maps, 0));
                    BpfDescriptor created = Bpf.loadProbe("mf_try", VerbsProgram.created(machine, maps, 0));
                    BpfDescriptor _ = Bpf.loadProbe("mf_try", VerbsProgram.destroyed(machine, maps, 0));
                    BpfDescriptor _ = Uprobe.attach(changed, file, offset, false);
                    BpfDescriptor _ = Uprobe.attach(created, file, offset, true)) {
                // Having had it all is the answer.
            }
        }
    }
}
