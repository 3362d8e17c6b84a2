package dev.mayfly.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Builds the program: architecture first, since a number means nothing without it, then a binary tree over ranges of
 * numbers that have the same answer, then, where an answer needs it, the argument tests. Every number has an answer.
 */
final class FilterGenerator {
    /** Offsets in struct seccomp_data, include/uapi/linux/seccomp.h. */
    private static final int OFFSET_NUMBER = 0;

    private static final int OFFSET_ARCH = 4;
    private static final int OFFSET_ARGUMENTS = 16;

    private static final int RET_KILL_PROCESS = 0x80000000;
    private static final int RET_ERRNO = 0x00050000;
    private static final int RET_ALLOW = 0x7fff0000;

    private final DenialAction denial;
    private final BackwardAssembler out = new BackwardAssembler();

    private FilterGenerator(DenialAction denial) {
        this.denial = denial;
    }

    /**
     * @param answers by number; numbers are unsigned
     * @param rest for every number without one
     */
    static List<Instruction> generate(
            int auditArch, SortedMap<Integer, Answer> answers, Answer rest, DenialAction denial) {
        FilterGenerator generator = new FilterGenerator(denial);
        int tree = generator.tree(ranges(answers, rest));
        int number = generator.out.load(OFFSET_NUMBER, tree);
        int kill = generator.out.ret(RET_KILL_PROCESS);
        int arch = generator.out.ifEqual(auditArch, number, kill);
        return generator.out.program(generator.out.load(OFFSET_ARCH, arch));
    }

    /** A run of numbers with one answer; it ends where the next begins. */
    private record Range(int first, Answer answer) {}

    private static List<Range> ranges(SortedMap<Integer, Answer> answers, Answer rest) {
        SortedMap<Integer, Answer> starts = new TreeMap<>(Integer::compareUnsigned);
        starts.put(0, rest);
        answers.forEach((number, answer) -> {
            starts.put(number, answer);
            if (number != -1) {
                starts.putIfAbsent(number + 1, rest);
            }
        });
        List<Range> ranges = new ArrayList<>();
        starts.forEach((first, answer) -> {
            if (ranges.isEmpty() || !isSame(ranges.getLast().answer(), answer)) {
                ranges.add(new Range(first, answer));
            }
        });
        return ranges;
    }

    /** Equal answers that are not the same object only make the tree a little larger. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Answer one, Answer other) {
        return one == other;
    }

    private int tree(List<Range> ranges) {
        if (ranges.size() == 1) {
            return answer(ranges.getFirst().answer());
        }
        int middle = ranges.size() / 2;
        int upper = tree(ranges.subList(middle, ranges.size()));
        int lower = tree(ranges.subList(0, middle));
        return out.ifAtLeast(ranges.get(middle).first(), upper, lower);
    }

    private int answer(Answer answer) {
        // Not a pattern switch, nor a comparison of records above: a cold start waits for this, and linking either
        // takes
        // a young JVM longer than making the whole filter. What is not known here ends the process that calls it.
        if (answer instanceof Answer.Allow) {
            return out.ret(RET_ALLOW);
        }
        if (answer instanceof Answer.Deny) {
            return out.ret(denial.returnValue());
        }
        if (answer instanceof Answer.Absent absent) {
            return out.ret(RET_ERRNO | absent.errno());
        }
        if (answer instanceof Answer.Check check) {
            int otherwise = answer(check.otherwise());
            int then = answer(check.then());
            return condition(check.condition(), then, otherwise);
        }
        return out.ret(RET_KILL_PROCESS);
    }

    private int condition(Condition condition, int yes, int no) {
        if (condition instanceof Condition.WordIn word) {
            return wordIn(word, yes, no);
        }
        if (condition instanceof Condition.Not not) {
            return condition(not.condition(), no, yes);
        }
        if (condition instanceof Condition.All all) {
            int next = yes;
            for (Condition each : all.conditions().reversed()) {
                next = condition(each, next, no);
            }
            return next;
        }
        int next = no;
        for (Condition each : ((Condition.Any) condition).conditions().reversed()) {
            next = condition(each, yes, next);
        }
        return next;
    }

    private int wordIn(Condition.WordIn word, int yes, int no) {
        int next = no;
        // Sorted, so that one profile always gives the same bytes.
        for (int value : new TreeSet<>(word.values()).descendingSet()) {
            next = out.ifEqual(value, yes, next);
        }
        if (word.mask() != ~0) {
            next = out.and(word.mask(), next);
        }
        // Both supported architectures are little endian: the low word of the 64-bit register comes first.
        return out.load(OFFSET_ARGUMENTS + 8 * word.argument(), next);
    }

    /** Answers of a profile by the numbers of one architecture; names it does not have are left out. */
    static SortedMap<Integer, Answer> byNumber(SyscallTable table, Map<String, Answer> answers, Answer known) {
        SortedMap<Integer, Answer> numbers = new TreeMap<>(Integer::compareUnsigned);
        Set<String> names = table.names();
        for (String name : names) {
            numbers.put(table.number(name).orElseThrow(), answers.getOrDefault(name, known));
        }
        return numbers;
    }
}
