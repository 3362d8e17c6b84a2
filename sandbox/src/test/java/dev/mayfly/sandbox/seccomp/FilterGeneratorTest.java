package dev.mayfly.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The generator on answers that no profile has, against a walk over the plain map. */
class FilterGeneratorTest {
    private static final int ARCH = Arch.X86_64.audit();

    @Property(tries = 300)
    void the_program_says_for_every_number_what_the_map_says(
            @ForAll("answerMaps") Map<Integer, Answer> answers,
            @ForAll("answers") Answer rest,
            @ForAll("numbers") int probe,
            @ForAll long a0,
            @ForAll("small") long a1) {
        SortedMap<Integer, Answer> sorted = new TreeMap<>(Integer::compareUnsigned);
        sorted.putAll(answers);
        BpfMachine machine = new BpfMachine(
                new SeccompFilter(FilterGenerator.generate(ARCH, sorted, rest, DenialAction.NOTIFY)).bytes());

        assertAnswer(machine, answers, rest, probe, a0, a1);
        for (int number : answers.keySet()) {
            assertAnswer(machine, answers, rest, number - 1, a0, a1);
            assertAnswer(machine, answers, rest, number, a0, a1);
            assertAnswer(machine, answers, rest, number + 1, a0, a1);
        }
        assertAnswer(machine, answers, rest, 0, a0, a1);
        assertAnswer(machine, answers, rest, -1, a0, a1);
    }

    /** So many different neighbours that the tree needs jumps over more than 255 instructions. */
    @Test
    void a_tree_too_wide_for_one_jump_is_still_right() {
        SortedMap<Integer, Answer> answers = new TreeMap<>(Integer::compareUnsigned);
        for (int i = 0; i < 1000; i++) {
            answers.put(i * 3, new Answer.Absent(1 + i % 900));
            answers.put(i * 3 + 1, Answer.allowIf(Condition.is(0, i, i + 1, i + 2)));
        }
        answers.keySet().removeIf(number -> number > 1200);
        List<Instruction> program = FilterGenerator.generate(ARCH, answers, Answer.KILL, DenialAction.EPERM);
        assertThat(program).anyMatch(each -> each.code() == Instruction.GOTO);
        BpfMachine machine = new BpfMachine(new SeccompFilter(program).bytes());
        for (int number = 0; number < 2000; number++) {
            for (long argument : new long[] {0, number / 3, number / 3 + 2, number / 3 + 3}) {
                int expected = naive(answers.getOrDefault(number, Answer.KILL), new long[] {argument, 0}, 0x00050001);
                assertThat(machine.run(ARCH, number, argument, 0, 0, 0, 0, 0).value())
                        .as("number %d argument %d", number, argument)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void a_program_longer_than_the_kernel_takes_is_refused() {
        SortedMap<Integer, Answer> answers = new TreeMap<>();
        for (int i = 0; i < 4000; i++) {
            answers.put(i, new Answer.Absent(1 + i % 4000));
        }
        assertThatThrownBy(() -> FilterGenerator.generate(ARCH, answers, Answer.DENY, DenialAction.NOTIFY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("longer than the kernel takes");
    }

    private static void assertAnswer(
            BpfMachine machine, Map<Integer, Answer> answers, Answer rest, int number, long a0, long a1) {
        int expected = naive(answers.getOrDefault(number, rest), new long[] {a0, a1}, BpfMachine.USER_NOTIF);
        assertThat(machine.run(ARCH, number, a0, a1, 0, 0, 0, 0).value())
                .as("number %s", Integer.toUnsignedString(number))
                .isEqualTo(expected);
    }

    private static int naive(Answer answer, long[] arguments, int denied) {
        return switch (answer) {
            case Answer.Allow _ -> BpfMachine.ALLOW;
            case Answer.Deny _ -> denied;
            case Answer.Kill _ -> BpfMachine.KILL_PROCESS;
            case Answer.Absent absent -> BpfMachine.ERRNO | absent.errno();
            case Answer.Check check ->
                naive(holds(check.condition(), arguments) ? check.then() : check.otherwise(), arguments, denied);
        };
    }

    private static boolean holds(Condition condition, long[] arguments) {
        return switch (condition) {
            case Condition.WordIn word -> word.values().contains((int) arguments[word.argument()] & word.mask());
            case Condition.Not not -> !holds(not.condition(), arguments);
            case Condition.All all -> all.conditions().stream().allMatch(each -> holds(each, arguments));
            case Condition.Any any -> any.conditions().stream().anyMatch(each -> holds(each, arguments));
        };
    }

    @Provide
    Arbitrary<Map<Integer, Answer>> answerMaps() {
        return Arbitraries.maps(numbers(), answers()).ofMaxSize(120);
    }

    @Provide
    Arbitrary<Integer> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 150),
                Arbitraries.integers(),
                Arbitraries.of(0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -2, -1));
    }

    @Provide
    Arbitrary<Long> small() {
        return Arbitraries.longs().between(0, 8);
    }

    @Provide
    Arbitrary<Answer> answers() {
        Arbitrary<Answer> plain = Arbitraries.of(Answer.ALLOW, Answer.DENY, Answer.KILL, Answer.NO_SUCH_CALL);
        Arbitrary<Answer> check =
                Combinators.combine(conditions(3), plain, plain).as(Answer.Check::new);
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(3, plain), net.jqwik.api.Tuple.of(1, check));
    }

    private static Arbitrary<Condition> conditions(int depth) {
        Arbitrary<Condition> word = Combinators.combine(
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.of(~0, 7, 1, 0x7E020000),
                        Arbitraries.integers().between(0, 8).set().ofMinSize(1).ofMaxSize(4))
                .as((argument, mask, values) -> new Condition.WordIn(argument, mask, Set.copyOf(values)));
        if (depth == 0) {
            return word;
        }
        Arbitrary<List<Condition>> inner =
                conditions(depth - 1).list().ofMinSize(1).ofMaxSize(3);
        return Arbitraries.oneOf(
                word,
                inner.map(Condition.All::new),
                inner.map(Condition.Any::new),
                conditions(depth - 1).map(Condition.Not::new));
    }
}
