package dev.mayfly.sandbox.seccomp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Assembles classic BPF from its last instruction to its first.
 *
 * <p>Classic BPF only jumps forward, so when a jump is emitted in this order its targets already exist and its distance
 * is known. That makes far targets simple: a conditional jump reaches 255 instructions, and where that is not enough a
 * GOTO (32 bit) is emitted just in front of it. A label is the count of instructions from its target to the end.
 */
final class BackwardAssembler {
    /** BPF_MAXINSNS of include/uapi/linux/bpf_common.h. */
    static final int MAX_INSTRUCTIONS = 4096;

    private static final int REACH = 255;

    private final List<Instruction> backwards = new ArrayList<>();
    private final Map<Integer, Integer> returns = new HashMap<>();

    /** Returns this value; a copy that the next few instructions can reach is used again. */
    int ret(int value) {
        Integer existing = returns.get(value);
        if (existing != null && backwards.size() - existing < REACH / 2) {
            return existing;
        }
        int label = emit(new Instruction(Instruction.RETURN, 0, 0, value));
        returns.put(value, label);
        return label;
    }

    /** Loads a 32-bit word of struct seccomp_data and goes on at {@code next}. */
    int load(int offset, int next) {
        follow(next);
        return emit(new Instruction(Instruction.LOAD, 0, 0, offset));
    }

    int and(int mask, int next) {
        follow(next);
        return emit(new Instruction(Instruction.AND, 0, 0, mask));
    }

    int ifEqual(int value, int yes, int no) {
        return branch(Instruction.IF_EQUAL, value, yes, no);
    }

    /** Unsigned comparison. */
    int ifAtLeast(int value, int yes, int no) {
        return branch(Instruction.IF_AT_LEAST, value, yes, no);
    }

    /** The program in the order in which the kernel runs it; {@code entry} is its first instruction. */
    List<Instruction> program(int entry) {
        follow(entry);
        if (backwards.size() > MAX_INSTRUCTIONS) {
            throw new IllegalStateException(
                    "a filter of " + backwards.size() + " instructions is longer than the kernel takes");
        }
        List<Instruction> forwards = new ArrayList<>(backwards);
        Collections.reverse(forwards);
        return List.copyOf(forwards);
    }

    private int branch(int code, int value, int yes, int no) {
        int trueLabel = yes;
        int falseLabel = no;
        // Each GOTO moves the other target one further away, which can put it out of reach in turn.
        for (boolean moved = true; moved; ) {
            moved = false;
            if (distance(trueLabel) > REACH) {
                trueLabel = jump(trueLabel);
                moved = true;
            }
            if (distance(falseLabel) > REACH) {
                falseLabel = jump(falseLabel);
                moved = true;
            }
        }
        return emit(new Instruction(code, distance(trueLabel), distance(falseLabel), value));
    }

    /** Makes the next emitted instruction fall through to {@code label}. */
    private void follow(int label) {
        if (distance(label) != 0) {
            jump(label);
        }
    }

    private int jump(int label) {
        return emit(new Instruction(Instruction.GOTO, 0, 0, distance(label)));
    }

    /** Instructions that an instruction emitted now would have to skip. */
    private int distance(int label) {
        return backwards.size() - label;
    }

    private int emit(Instruction instruction) {
        backwards.add(instruction);
        return backwards.size();
    }
}
