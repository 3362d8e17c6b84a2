package dev.mayfly.sandbox.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever the bytes are, a run ends as an Execution with a known exit, or the module is refused with a reason. */
class ModuleFuzzTest {
    private static final WasmBackend BACKEND = new WasmBackend();

    @AfterContainer
    static void close() {
        BACKEND.close();
    }

    private static final List<byte[]> SEEDS = List.of(
            WasmBackendTest.hello(),
            WasmBackendTest.cat(),
            WasmBackendTest.exit(3),
            new WasmAssembler()
                    .table(4)
                    .memory(1, 4)
                    .main(
                            "iIfF",
                            code -> code.block()
                                    .loop()
                                    .get(0)
                                    .i32(1)
                                    .add()
                                    .tee(0)
                                    .i32(10)
                                    .op(0x48)
                                    .brIf(0)
                                    .br(1)
                                    .end()
                                    .end()
                                    .f64(1)
                                    .f64(0)
                                    .op(0xa3)
                                    .drop()));

    private static void runs(byte[] module) throws InterruptedException {
        Boxes box = Boxes.of(module)
                .limits(new BoxLimits(
                        Duration.ofSeconds(20), Duration.ofMillis(5), 4 << 20, 1, 1 << 16, 16, 1 << 20, 4096, 4096));
        Execution run = BACKEND.run(box.spec());
        switch (run.exit()) {
            case Exit.Exited exited -> {
                if (exited.code() == 126 || exited.code() == 134) {
                    assertThat(Boxes.text(run.stderr())).startsWith("wasm");
                    assertThat(Boxes.text(run.stderr())).doesNotContain("Exception");
                }
            }
            case Exit.Signaled signaled -> {
                assertThat(signaled.signal()).isIn(24, 9);
                assertThat(run.limitsHit())
                        .as("stopped by its own limits and never by the wall")
                        .containsAnyOf(LimitHit.FUEL, LimitHit.MEMORY)
                        .doesNotContain(LimitHit.WALL);
            }
        }
    }

    @Property(tries = 1500)
    void mutatedModulesNeverGetOut(@ForAll long seed, @ForAll @IntRange(max = 3) int which)
            throws InterruptedException {
        Random random = new Random(seed);
        byte[] module = SEEDS.get(which).clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = 8 + random.nextInt(module.length - 8);
            module[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (module[at] ^ 1 << random.nextInt(8));
        }
        runs(module);
    }

    @Property(tries = 500)
    void cutAndPatchedModulesNeverGetOut(@ForAll long seed, @ForAll @IntRange(max = 3) int which)
            throws InterruptedException {
        Random random = new Random(seed);
        byte[] source = SEEDS.get(which);
        byte[] module = java.util.Arrays.copyOf(source, 8 + random.nextInt(source.length * 2 - 8));
        for (int i = source.length; i < module.length; i++) {
            module[i] = (byte) random.nextInt();
        }
        runs(module);
    }

    @Property(tries = 1000)
    void randomFunctionBodiesNeverGetOut(@ForAll byte[] body) throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(1).table(2);
        byte[] framed = new byte[body.length + 2];
        System.arraycopy(body, 0, framed, 1, body.length);
        framed[framed.length - 1] = 0x0b;
        runs(module.export("_start", module.rawFunction("", "", framed)).build());
    }
}
