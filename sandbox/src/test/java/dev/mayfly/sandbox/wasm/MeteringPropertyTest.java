package dev.mayfly.sandbox.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import dev.mayfly.sandbox.box.Exit;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Counting must change nothing but the count: random structured functions give the same result with and without it. */
class MeteringPropertyTest {
    private static final int LOCALS = 4;

    /** All i32 instructions of two operands that cannot trap, and of one. */
    private static final int[] BINARY = {
        0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x6a, 0x6b, 0x6c, 0x6c, 0x71, 0x72, 0x73, 0x74,
        0x75, 0x76, 0x77, 0x78
    };

    private static final int[] UNARY = {0x45, 0x67, 0x68, 0x69, 0xc0, 0xc1};

    /** Writes random but valid and ending code: statements over i32 locals, with every kind of branch. */
    private static final class Generator {
        private final Random random;
        private final WasmAssembler.Code code;
        private int left = 120;

        /** What each enclosing label is: true when a branch to it goes forward. */
        private final java.util.List<Boolean> labels = new java.util.ArrayList<>();

        Generator(Random random, WasmAssembler.Code code) {
            this.random = random;
            this.code = code;
        }

        void expression(int depth) {
            switch (random.nextInt(depth > 3 ? 2 : 8)) {
                case 0 -> code.i32(random.nextInt());
                case 1 -> code.get(random.nextInt(LOCALS));
                case 2 -> {
                    expression(depth + 1);
                    expression(depth + 1);
                    code.op(BINARY[random.nextInt(BINARY.length)]);
                }
                case 3 -> {
                    // if with a result
                    expression(depth + 1);
                    code.op(0x04, 0x7f);
                    expression(depth + 1);
                    code.op(0x05);
                    expression(depth + 1);
                    code.end();
                }
                case 4 -> {
                    expression(depth + 1);
                    expression(depth + 1);
                    expression(depth + 1);
                    code.op(0x1b);
                }
                case 5 -> {
                    expression(depth + 1);
                    code.op(UNARY[random.nextInt(UNARY.length)]);
                }
                case 6 -> {
                    // through i64 and back
                    expression(depth + 1);
                    code.op(random.nextBoolean() ? 0xac : 0xad);
                    expression(depth + 1);
                    code.op(0xac).op(0x7c + random.nextInt(3)).op(0xa7);
                }
                default -> {
                    // through f64 and back, so that canonical NaNs are in the way
                    expression(depth + 1);
                    code.op(0xb7);
                    expression(depth + 1);
                    code.op(0xb7, 0xa3, 0xfc, 2);
                }
            }
        }

        void statements(int depth) {
            for (int i = random.nextInt(4); i >= 0 && left-- > 0; i--) {
                statement(depth);
            }
        }

        private void statement(int depth) {
            switch (random.nextInt(depth > 5 ? 2 : 8)) {
                case 0, 1 -> {
                    expression(0);
                    code.set(random.nextInt(LOCALS));
                }
                case 2 -> nested(0x02, true, depth);
                case 3 -> {
                    expression(0);
                    code.when();
                    labels.addFirst(true);
                    statements(depth + 1);
                    if (random.nextBoolean()) {
                        code.orElse();
                        statements(depth + 1);
                    }
                    labels.removeFirst();
                    code.end();
                }
                case 4 -> loop(depth);
                case 5 -> {
                    if (!labels.isEmpty()) {
                        int target = random.nextInt(labels.size());
                        if (labels.get(target)) {
                            expression(0);
                            code.brIf(target);
                        }
                    }
                }
                case 6 -> jump();
                default -> {
                    expression(0);
                    code.when().get(0).get(1).op(0x0f).end();
                }
            }
        }

        private void nested(int opcode, boolean forward, int depth) {
            code.op(opcode, 0x40);
            labels.addFirst(forward);
            statements(depth + 1);
            labels.removeFirst();
            code.end();
        }

        /** Each loop has its own counter above the visible locals, so every one ends. */
        private void loop(int depth) {
            int counter = LOCALS + Math.min(depth, 7);
            code.i32(3).set(counter);
            code.loop();
            labels.addFirst(false);
            statements(depth + 1);
            labels.removeFirst();
            code.get(counter).i32(1).op(0x6b).tee(counter).i32(0).op(0x4a).brIf(0);
            code.end();
        }

        private void jump() {
            java.util.List<Integer> forward = new java.util.ArrayList<>();
            for (int i = 0; i < labels.size(); i++) {
                if (labels.get(i)) {
                    forward.add(i);
                }
            }
            if (forward.isEmpty()) {
                return;
            }
            int one = forward.get(random.nextInt(forward.size()));
            int other = forward.get(random.nextInt(forward.size()));
            if (random.nextBoolean()) {
                code.br(one);
            } else {
                expression(0);
                code.op(0x0e, 1, one, other);
            }
        }
    }

    /** {@code f: () -> (i32, i32)} with random code, which main calls and writes down. */
    private static byte[] module(long seed) {
        WasmAssembler module = new WasmAssembler().memory(1);
        int f = module.function("", "ii", "i".repeat(LOCALS + 8), code -> {
            new Generator(new Random(seed), code).statements(0);
            code.get(2).get(3);
        });
        return module.export("f", f).main("ii", code -> code.call(f).set(0).set(1));
    }

    @Property(tries = 300)
    void aMeteredFunctionGivesTheSameResults(@ForAll long seed) {
        byte[] original = module(seed);
        MeteredModule metered = ModuleMeter.meter(original, ModuleLimits.standard());
        WasmModule parsed = Parser.parse(original);
        // The compiler is the reference: the interpreter is wrong about i32.mul, which rewriting repairs.
        long[] expected = Instance.builder(parsed)
                .withStart(false)
                .withMachineFactory(MachineFactoryCompiler.builder(parsed).compile())
                .build()
                .export("f")
                .apply();
        // The parser validates: a rewritten module must be valid by itself.
        WasmModule rewritten = Parser.parse(metered.bytes());
        Instance instance = Instance.builder(rewritten).withStart(false).build();
        instance.global(metered.fuelGlobal()).setValue(1_000_000_000L);
        instance.global(metered.stackGlobal()).setValue(1_000_000);
        assertThat(instance.export("f").apply()).isEqualTo(expected);
        assertThat(instance.global(metered.fuelGlobal()).getValue()).isBetween(0L, 999_999_998L);
        assertThat(instance.global(metered.stackGlobal()).getValue())
                .as("what a call took from the stack it gave back, whichever way it left")
                .isEqualTo(1_000_000);
    }

    @Property(tries = 60)
    void bothTiersAgreeOnResultAndFuel(@ForAll long seed) throws InterruptedException {
        byte[] module = module(seed);
        String interpreted;
        try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), TieredRun.Tiering.INTERPRET, 1L << 30)) {
            interpreted = Boxes.fingerprint(backend.run(Boxes.of(module).spec()));
        }
        try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), TieredRun.Tiering.COMPILE, 1L << 30)) {
            assertThat(Boxes.fingerprint(backend.run(Boxes.of(module).spec()))).isEqualTo(interpreted);
        }
        assertThat(interpreted).startsWith(new Exit.Exited(0).toString());
    }

    @Test
    void aProductOfTwoToThe32IsFalse() throws InterruptedException {
        WasmAssembler module = new WasmAssembler();
        int exit = module.procExit();
        byte[] wasm = module.main(
                "i",
                code -> code.i32(65536)
                        .tee(0)
                        .get(0)
                        .op(0x6c)
                        .when()
                        .i32(1)
                        .call(exit)
                        .end()
                        .i32(2)
                        .call(exit));
        for (TieredRun.Tiering tiering : TieredRun.Tiering.values()) {
            try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), tiering, 1L << 30)) {
                assertThat(backend.run(Boxes.of(wasm).spec()).exit())
                        .as("%s", tiering)
                        .isEqualTo(new Exit.Exited(2));
            }
        }
    }

    @Test
    void fuelIsNeverLessThanTheInstructionsThatRan() {
        // 1000 rounds of a loop of seven instructions, one of them behind a branch that is never taken
        WasmAssembler module = new WasmAssembler();
        int f = module.function(
                "",
                "",
                "i",
                code -> code.loop()
                        .get(0)
                        .i32(1)
                        .add()
                        .tee(0)
                        .i32(1000)
                        .op(0x48)
                        .brIf(0)
                        .end());
        byte[] bytes = module.export("f", f).main("", code -> {});
        MeteredModule metered = ModuleMeter.meter(bytes, ModuleLimits.standard());
        Instance instance =
                Instance.builder(Parser.parse(metered.bytes())).withStart(false).build();
        instance.global(metered.fuelGlobal()).setValue(1_000_000L);
        instance.global(metered.stackGlobal()).setValue(1_000);
        instance.export("f").apply();
        long used = 1_000_000L - instance.global(metered.fuelGlobal()).getValue();
        assertThat(used).isBetween(7_000L, 9_100L);
    }
}
