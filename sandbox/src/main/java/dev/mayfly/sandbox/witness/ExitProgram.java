package dev.mayfly.sandbox.witness;

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
import dev.mayfly.sandbox.seccomp.Arch;

/**
 * The program at the raw tracepoint {@code sys_exit}. Every system call of the machine passes here, so the common ones
 * leave after the fewest instructions: first by result (no call into the kernel), then by control group, then by user
 * (set-up by the launcher is root's and is not the job's doing).
 *
 * <p>The kernel opens the helpers that read memory only to programs under the GPL. So the program that this class
 * assembles, and nothing else of this house, may be used under GPL-2.0 as well as under Apache-2.0.
 *
 * <p>Paths are read when the call is over, from memory that the job may have changed meanwhile: a job can lie about
 * which path was refused, not about that a call was. Registers: R6 context, R7 result and later a pointer of the job,
 * R8 how to read the call and later the group's table, R9 totals of the group.
 */
final class ExitProgram {
    /** System call numbers below this are in the table of calls; the kernel's own are below 512. */
    static final int CALLS = 512;

    /** s32 number, s32 result, u64 detail, path with its final zero. */
    static final int KEY_BYTES = 128;

    static final int KEY_RESULT = 4;
    static final int KEY_DETAIL = 8;
    static final int KEY_PATH = 16;
    static final int PATH_BYTES = KEY_BYTES - KEY_PATH;

    /** u64 refusals, u64 refusals that found the table full. */
    static final int TOTALS_BYTES = 16;

    static final int TOTALS_UNLISTED = 8;

    static final int DETAIL_SHIFT = 3;
    static final int READING_SHIFT = 6;
    private static final int ARGUMENT_MASK = 7;

    private static final int EPERM = -1;
    private static final int EACCES = -13;
    private static final int EROFS = -30;
    private static final int AF_UNIX = 1;
    /** In struct sockaddr_un. */
    private static final int UNIX_PATH = 2;

    private static final int MAP_LOOKUP = 1;
    private static final int MAP_UPDATE = 2;
    private static final int GET_CURRENT_UID_GID = 15;
    private static final int GET_CURRENT_CGROUP_ID = 80;
    private static final int PROBE_READ_USER = 112;
    private static final int PROBE_READ_KERNEL = 113;
    private static final int PROBE_READ_USER_STR = 114;
    private static final int NO_EXIST = 1;

    /** Frame: key, its registers, control group, a word, a fresh entry. */
    private static final int KEY = -KEY_BYTES;

    private static final int REGISTERS = KEY - 32;
    private static final int NUMBER = REGISTERS + 24;
    private static final int GROUP = REGISTERS - 8;
    private static final int WORD = GROUP - 8;
    private static final int FRESH = WORD - 8;

    /** Maps, as descriptors: calls by number, totals by group, tables of refusals by group. */
    record Maps(int calls, int totals, int tables) {}

    private ExitProgram() {}

    static byte[] assemble(Arch arch, Maps maps) {
        BpfAssembler code = new BpfAssembler();
        code.loadLong(R7, R1, 8)
                .jumpIfEqual(R7, EACCES, "refused")
                .jumpIfEqual(R7, EPERM, "refused")
                .jumpIfEqual(R7, EROFS, "refused")
                .label("done")
                .move(R0, 0)
                .exit()
                .label("refused")
                .move(R6, R1);
        whose(code, maps);
        for (int offset = FRESH; offset < 0; offset += Long.BYTES) {
            if (offset != GROUP) {
                code.storeLong(R10, offset, 0);
            }
        }
        registers(code, arch);
        code.loadLong(R1, R10, NUMBER)
                .storeWord(R10, KEY, R1)
                .storeWord(R10, KEY + KEY_RESULT, R7)
                .move(R8, 0);
        lookup(code, maps.calls(), KEY, "note");
        code.loadWord(R8, R0, 0);
        detail(code, arch);
        path(code, arch);
        note(code, maps);
        return code.assemble();
    }

    private static void whose(BpfAssembler code, Maps maps) {
        code.call(GET_CURRENT_CGROUP_ID).storeLong(R10, GROUP, R0);
        lookup(code, maps.totals(), GROUP, "done");
        code.move(R9, R0)
                .call(GET_CURRENT_UID_GID)
                .storeWord(R10, WORD, R0)
                .loadWord(R0, R10, WORD)
                .jumpIfEqual(R0, 0, "done");
    }

    /**
     * Copies the first three arguments and the number out of struct pt_regs (arch/x86/include/asm/ptrace.h,
     * arch/arm64/include/asm/ptrace.h) as two words, the first argument, the number: x86-64 has them in a row as dx, si,
     * di, orig_ax; aarch64 as x1, x2 and, further up, orig_x0, syscallno (x0 holds the result by now).
     */
    private static void registers(BpfAssembler code, Arch arch) {
        switch (arch) {
            case X86_64 -> copy(code, 96, REGISTERS, 32);
            case AARCH64 -> {
                copy(code, 8, REGISTERS, 16);
                copy(code, 272, REGISTERS + 16, 16);
            }
        }
    }

    private static void copy(BpfAssembler code, int from, int to, int bytes) {
        code.move(R1, R10)
                .addTo(R1, to)
                .move(R2, bytes)
                .loadLong(R3, R6, 0)
                .addTo(R3, from)
                .call(PROBE_READ_KERNEL)
                .jumpIfNotEqual(R0, 0, "done");
    }

    private static int argument(Arch arch, int index) {
        int[] places = switch (arch) {
            case X86_64 -> new int[] {16, 8, 0};
            case AARCH64 -> new int[] {16, 0, 8};
        };
        return REGISTERS + places[index];
    }

    /** R3 = the argument whose number plus one is in R1; goes on at the label when that is zero. */
    private static void choose(BpfAssembler code, Arch arch, String what, String none) {
        code.jumpIfEqual(R1, 1, what + " 1").jumpIfEqual(R1, 2, what + " 2").jumpIfNotEqual(R1, 3, none);
        for (int index = 2; index >= 0; index--) {
            code.label(what + " " + (index + 1)).loadLong(R3, R10, argument(arch, index));
            if (index > 0) {
                code.jump(what);
            }
        }
        code.label(what);
    }

    private static void detail(BpfAssembler code, Arch arch) {
        code.move(R2, R8)
                .shiftRight(R2, READING_SHIFT)
                .jumpIfEqual(R2, CallTable.Reading.QUESTION.word(), "done")
                .move(R1, R8)
                .shiftRight(R1, DETAIL_SHIFT)
                .and(R1, ARGUMENT_MASK);
        choose(code, arch, "detail", "path or address");
        code.storeLong(R10, KEY + KEY_DETAIL, R3)
                .jumpIfNotEqual(R2, CallTable.Reading.POINTED_DETAIL.word(), "path or address")
                .storeLong(R10, KEY + KEY_DETAIL, 0);
        read(code, KEY + KEY_DETAIL, Long.BYTES, PROBE_READ_USER);
        code.label("path or address");
    }

    private static void path(BpfAssembler code, Arch arch) {
        code.move(R1, R8).and(R1, ARGUMENT_MASK);
        choose(code, arch, "path", "note");
        code.move(R7, R3)
                .shiftRight(R8, READING_SHIFT)
                .jumpIfNotEqual(R8, CallTable.Reading.SOCKET_ADDRESS.word(), "text");
        read(code, KEY + KEY_DETAIL, Integer.BYTES, PROBE_READ_USER);
        code.loadHalf(R1, R10, KEY + KEY_DETAIL)
                .jumpIfNotEqual(R1, AF_UNIX, "note")
                .storeLong(R10, KEY + KEY_DETAIL, AF_UNIX)
                .addTo(R7, UNIX_PATH)
                .label("text")
                .move(R3, R7);
        read(code, KEY + KEY_PATH, PATH_BYTES, PROBE_READ_USER_STR);
    }

    /** From the job's memory at R3; what cannot be read stays zero. */
    private static void read(BpfAssembler code, int to, int bytes, int helper) {
        code.move(R1, R10).addTo(R1, to).move(R2, bytes).call(helper);
    }

    private static void note(BpfAssembler code, Maps maps) {
        code.label("note").move(R1, 1).atomicAdd(R9, 0, R1);
        lookup(code, maps.tables(), GROUP, "unlisted");
        code.move(R8, R0);
        addIfKnown(code, "first of its kind");
        code.label("first of its kind")
                .storeLong(R10, FRESH, 1)
                .move(R1, R8)
                .move(R2, R10)
                .addTo(R2, KEY)
                .move(R3, R10)
                .addTo(R3, FRESH)
                .move(R4, NO_EXIST)
                .call(MAP_UPDATE)
                .jumpIfEqual(R0, 0, "done");
        addIfKnown(code, "unlisted"); // another processor may have been first
        code.label("unlisted").move(R1, 1).atomicAdd(R9, TOTALS_UNLISTED, R1).jump("done");
    }

    private static void addIfKnown(BpfAssembler code, String otherwise) {
        code.move(R1, R8)
                .move(R2, R10)
                .addTo(R2, KEY)
                .call(MAP_LOOKUP)
                .jumpIfEqual(R0, 0, otherwise)
                .move(R1, 1)
                .atomicAdd(R0, 0, R1)
                .jump("done");
    }

    private static void lookup(BpfAssembler code, int map, int key, String absent) {
        code.loadMap(R1, map).move(R2, R10).addTo(R2, key).call(MAP_LOOKUP).jumpIfEqual(R0, 0, absent);
    }
}
