package dev.mayfly.mesh.verbs;

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

import dev.mayfly.mesh.service.ConnectionTuple;
import dev.mayfly.mesh.service.VerbsEvent;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.platform.linux.bpf.BpfAssembler;
import dev.mayfly.platform.linux.bpf.Register;

/**
 * The programs in the kernel. Each fills a {@link VerbsEvent} on its frame and puts it into the ring, or counts that there was
 * no room. What a pointer of the process does not lead to stays zero: a process can lie about its own connections, and about
 * nothing else.
 *
 * <p>The kernel opens the helpers that read memory only to programs under the GPL. So the programs that this class assembles,
 * and nothing else of this house, may be used under GPL-2.0 as well as under Apache-2.0.
 *
 * <p>Registers: R6 the registers of the probed thread, R7 attributes of the change, R8 the queue pair, R9 what it points to.
 */
final class VerbsProgram {
    private static final int MAP_LOOKUP = 1;
    private static final int MAP_UPDATE = 2;
    private static final int MAP_DELETE = 3;
    private static final int KTIME_GET_NS = 5;
    private static final int GET_CURRENT_PID_TGID = 14;
    private static final int GET_CURRENT_COMM = 16;
    private static final int GET_CURRENT_CGROUP_ID = 80;
    private static final int PROBE_READ_USER = 112;
    private static final int PROBE_READ_USER_STR = 114;
    private static final int RINGBUF_OUTPUT = 130;

    private static final int RECORD = -VerbsEvent.BYTES;
    private static final int POINTER = RECORD - 8;
    private static final int KEY = POINTER - 8;

    private final Machine machine;
    private final Maps maps;
    private final BpfAssembler code = new BpfAssembler();

    /**
     * Maps, as descriptors.
     *
     * @param ring where records go
     * @param lost one number: records that found no room
     * @param processes that have made a record, so that the end of others makes none
     */
    record Maps(int ring, int lost, int processes) {}

    private VerbsProgram(Machine machine, Maps maps) {
        this.machine = machine;
        this.maps = maps;
    }

    /** At the beginning of {@code ibv_modify_qp(qp, attributes, mask)}. */
    static byte[] changed(Machine machine, Maps maps, int probe) {
        VerbsProgram program = new VerbsProgram(machine, maps);
        program.probed(ConnectionTuple.CHANGED, probe);
        program.code.loadLong(R8, R6, program.argument(0)).loadLong(R7, R6, program.argument(1));
        program.code.loadLong(R0, R6, program.argument(2)).storeWord(R10, RECORD + VerbsEvent.MASK, R0);
        program.queuePair();
        program.read(ConnectionTuple.STATE, Integer.BYTES, R7, VerbsLayout.ATTR_STATE);
        program.read(ConnectionTuple.REMOTE_QUEUE_PAIR, Integer.BYTES, R7, VerbsLayout.ATTR_REMOTE_QP);
        program.read(ConnectionTuple.REMOTE, 16, R7, VerbsLayout.ATTR_REMOTE_GID);
        program.read(VerbsEvent.FLOW_LABEL, VerbsLayout.ATTR_ROUTE_BYTES, R7, VerbsLayout.ATTR_ROUTE);
        program.read(ConnectionTuple.PORT, 1, R7, VerbsLayout.ATTR_PORT);
        program.remember();
        return program.end();
    }

    /** At the beginning of {@code ibv_destroy_qp(qp)}. */
    static byte[] destroyed(Machine machine, Maps maps, int probe) {
        VerbsProgram program = new VerbsProgram(machine, maps);
        program.probed(ConnectionTuple.DESTROYED, probe);
        program.code.loadLong(R8, R6, program.argument(0));
        program.queuePair();
        return program.end();
    }

    /** At the return from {@code ibv_create_qp}, which answers with the queue pair or with nothing. */
    static byte[] created(Machine machine, Maps maps, int probe) {
        VerbsProgram program = new VerbsProgram(machine, maps);
        program.probed(ConnectionTuple.CREATED, probe);
        program.code.loadLong(R8, R6, program.result()).jumpIfEqual(R8, 0, "done");
        program.queuePair();
        program.remember();
        return program.end();
    }

    /** At the tracepoints {@code sched_process_exit} and {@code sched_process_exec}. */
    static byte[] ended(Machine machine, Maps maps) {
        VerbsProgram program = new VerbsProgram(machine, maps);
        program.code
                .call(GET_CURRENT_PID_TGID)
                .move(R7, R0)
                .shiftRight(R7, 32)
                .storeLong(R10, POINTER, 0)
                .storeWord(R10, POINTER, R0)
                .storeLong(R10, KEY, 0)
                .storeWord(R10, KEY, R7)
                .loadWord(R8, R10, POINTER)
                // Other threads end without their process.
                .jumpIfNotEqual(R8, R7, "done")
                .loadMap(R1, maps.processes())
                .move(R2, R10)
                .addTo(R2, KEY)
                .call(MAP_DELETE)
                .jumpIfNotEqual(R0, 0, "done");
        program.begin(ConnectionTuple.ENDED, 0);
        return program.end();
    }

    private void probed(int event, int probe) {
        code.move(R6, R1);
        begin(event, probe);
    }

    private void begin(int event, int probe) {
        for (int offset = KEY; offset < 0; offset += Long.BYTES) {
            code.storeLong(R10, offset, 0);
        }
        code.storeWord(R10, RECORD + ConnectionTuple.EVENT, event)
                .storeWord(R10, RECORD + VerbsEvent.PROBE, probe)
                .call(KTIME_GET_NS)
                .storeLong(R10, RECORD + ConnectionTuple.NANOS, R0)
                .call(GET_CURRENT_CGROUP_ID)
                .storeLong(R10, RECORD + VerbsEvent.CONTROL_GROUP, R0)
                .call(GET_CURRENT_PID_TGID)
                .storeWord(R10, RECORD + ConnectionTuple.THREAD, R0)
                .shiftRight(R0, 32)
                .storeWord(R10, RECORD + ConnectionTuple.PROCESS, R0)
                .storeWord(R10, KEY, R0)
                .move(R1, R10)
                .addTo(R1, RECORD + ConnectionTuple.COMMAND)
                .move(R2, ConnectionTuple.COMMAND_BYTES)
                .call(GET_CURRENT_COMM);
    }

    /** Number, type and card of the queue pair in R8. */
    private void queuePair() {
        read(ConnectionTuple.LOCAL_QUEUE_PAIR, Integer.BYTES, R8, VerbsLayout.QP_NUMBER);
        read(VerbsEvent.TYPE, Integer.BYTES, R8, VerbsLayout.QP_TYPE);
        follow(R8, VerbsLayout.QP_CONTEXT);
        follow(R9, VerbsLayout.CONTEXT_DEVICE);
        call(PROBE_READ_USER_STR, RECORD + VerbsEvent.DEVICE, VerbsEvent.DEVICE_BYTES, R9, VerbsLayout.DEVICE_NAME);
    }

    private void follow(Register base, int offset) {
        call(PROBE_READ_USER, POINTER, Long.BYTES, base, offset);
        code.loadLong(R9, R10, POINTER);
    }

    private void read(int field, int bytes, Register base, int offset) {
        call(PROBE_READ_USER, RECORD + field, bytes, base, offset);
    }

    /** Memory of the process to the frame; zeros when it cannot be read. */
    private void call(int helper, int to, int bytes, Register base, int offset) {
        code.move(R1, R10)
                .addTo(R1, to)
                .move(R2, bytes)
                .move(R3, base)
                .addTo(R3, offset)
                .call(helper);
    }

    private void remember() {
        code.loadMap(R1, maps.processes())
                .move(R2, R10)
                .addTo(R2, KEY)
                .move(R3, R2)
                .move(R4, 0)
                .call(MAP_UPDATE);
    }

    private byte[] end() {
        return code.loadMap(R1, maps.ring())
                .move(R2, R10)
                .addTo(R2, RECORD)
                .move(R3, VerbsEvent.BYTES)
                .move(R4, 0)
                .call(RINGBUF_OUTPUT)
                .jumpIfEqual(R0, 0, "done")
                .storeWord(R10, KEY, 0)
                .loadMap(R1, maps.lost())
                .move(R2, R10)
                .addTo(R2, KEY)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, "done")
                .move(R1, 1)
                .atomicAdd(R0, 0, R1)
                .label("done")
                .move(R0, 0)
                .exit()
                .assemble();
    }

    /** In struct pt_regs: arch/x86/include/asm/ptrace.h, arch/arm64/include/asm/ptrace.h. */
    private int argument(int index) {
        int[] places = machine == Machine.AARCH64 ? new int[] {0, 8, 16} : new int[] {112, 104, 96};
        return places[index];
    }

    private int result() {
        return machine == Machine.AARCH64 ? 0 : 80;
    }
}
