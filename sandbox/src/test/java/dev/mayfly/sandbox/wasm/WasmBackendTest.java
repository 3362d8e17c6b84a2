package dev.mayfly.sandbox.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class WasmBackendTest {
    private static final WasmBackend BACKEND = new WasmBackend();

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    static byte[] hello() {
        WasmAssembler module = new WasmAssembler().memory(1).data(16, "hello\n");
        int write = module.fdWrite();
        return module.main(
                "",
                code -> code.poke(0, 16)
                        .poke(4, 6)
                        .i32(1)
                        .i32(0)
                        .i32(1)
                        .i32(8)
                        .call(write)
                        .drop());
    }

    /** Copies stdin to stdout, 64 bytes at a time. */
    static byte[] cat() {
        WasmAssembler module = new WasmAssembler().memory(1);
        int write = module.fdWrite();
        int read = module.wasi("fd_read", "iiii", "i");
        return module.main(
                "",
                code -> code.block()
                        .loop()
                        .poke(0, 64)
                        .poke(4, 64)
                        .i32(0)
                        .i32(0)
                        .i32(1)
                        .i32(8)
                        .call(read)
                        .drop()
                        .i32(8)
                        .load()
                        .op(0x45)
                        .brIf(1)
                        .i32(4)
                        .i32(8)
                        .load()
                        .store()
                        .i32(1)
                        .i32(0)
                        .i32(1)
                        .i32(12)
                        .call(write)
                        .drop()
                        .br(0)
                        .end()
                        .end());
    }

    static byte[] exit(int status) {
        WasmAssembler module = new WasmAssembler();
        int exit = module.procExit();
        return module.main("", code -> code.i32(status).call(exit));
    }

    private static Execution run(byte[] module) throws InterruptedException {
        return BACKEND.run(Boxes.of(module).spec());
    }

    @Test
    void aProgramPrintsAndEndsWell() throws InterruptedException {
        Execution run = run(hello());
        assertThat(run.exit()).isEqualTo(new Exit.Exited(0));
        assertThat(Boxes.text(run.stdout())).isEqualTo("hello\n");
        assertThat(run.stdout().truncated()).isFalse();
        assertThat(run.stderr().total()).isZero();
        assertThat(run.violations()).isEmpty();
        assertThat(run.limitsHit()).isEmpty();
        assertThat(run.usage().cpu().toNanos()).isPositive();
        assertThat(run.layers()).extracting(layer -> layer.state()).containsOnly(LayerState.ACTIVE);
    }

    @Test
    void exitCodesAreTheProgramsOwn() throws InterruptedException {
        assertThat(run(exit(0)).exit()).isEqualTo(new Exit.Exited(0));
        assertThat(run(exit(7)).exit()).isEqualTo(new Exit.Exited(7));
        assertThat(run(exit(256 + 3)).exit()).isEqualTo(new Exit.Exited(3));
    }

    @Test
    void stdinArrivesWhole() throws InterruptedException {
        String text = "0123456789".repeat(50) + "end";
        Execution run = BACKEND.run(Boxes.of(cat()).stdin(text).spec());
        assertThat(Boxes.text(run.stdout())).isEqualTo(text);
    }

    @Test
    void argumentsAndEnvironmentAreExactlyThoseOfTheSpec() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(1);
        int write = module.fdWrite();
        int args = module.wasi("args_get", "ii", "i");
        int env = module.wasi("environ_get", "ii", "i");
        byte[] wasm = module.main(
                "",
                code -> code.i32(512)
                        .i32(1024)
                        .call(args)
                        .drop()
                        .i32(768)
                        .i32(1100)
                        .call(env)
                        .drop()
                        .poke(0, 1024)
                        .poke(4, 200)
                        .i32(1)
                        .i32(0)
                        .i32(1)
                        .i32(8)
                        .call(write)
                        .drop());
        Execution run = BACKEND.run(Boxes.of(wasm)
                .argv("prog.wasm", "one", "zwei ü")
                .env(Map.of("A", "b=c"))
                .spec());
        String out = new String(run.stdout().head(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(out).startsWith("prog.wasm\0one\0zwei ü\0\0").contains("\0A=b=c\0");
        assertThat(out.replace("\0", "")).isEqualTo("prog.wasmonezwei üA=b=c");
    }

    @Test
    void plainWordsOfAShellCommandAreUnderstood() throws InterruptedException {
        Execution run = BACKEND.run(
                Boxes.of(hello()).argv("sh", "-c", " ./prog.wasm one two ").spec());
        assertThat(Boxes.text(run.stdout())).isEqualTo("hello\n");
    }

    @Test
    void aCommandThatIsNoProgramIsRefusedAndNothingRuns() {
        for (String[] argv : List.of(
                new String[] {"sh", "-c", "prog.wasm; true"},
                new String[] {"sh", "-c", "echo hi"},
                new String[] {"sh", "-c", "prog.wasm > out"},
                new String[] {"sh", "-c", ""},
                new String[] {"/bin/true"},
                new String[] {"/workspace/../workspace/prog.wasm"},
                new String[] {"other.wasm"})) {
            assertThatThrownBy(() -> BACKEND.run(Boxes.of(hello()).argv(argv).spec()))
                    .as(String.join(" ", argv))
                    .isInstanceOfSatisfying(MayflyException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SANDBOX_UNAVAILABLE);
                        assertThat(e.why()).isNotEmpty();
                        assertThat(e.fix()).contains("files[]");
                    });
        }
    }

    @Test
    void aFileThatIsNoModuleIsRefused() {
        Boxes box = Boxes.of("#!/bin/sh\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> BACKEND.run(box.spec()))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.why()).contains("magic number"));
    }

    @Test
    void trapsAreToldInOneWayOnBothTiers() throws InterruptedException {
        Map<String, byte[]> traps = Map.of(
                "unreachable", new WasmAssembler().main("", code -> code.op(0)),
                "integer divide by zero",
                        new WasmAssembler()
                                .main("", code -> code.i32(1).i32(0).op(0x6d).drop()),
                "integer overflow",
                        new WasmAssembler()
                                .main(
                                        "",
                                        code -> code.i32(Integer.MIN_VALUE)
                                                .i32(-1)
                                                .op(0x6d)
                                                .drop()),
                "out of bounds memory access",
                        new WasmAssembler()
                                .memory(1)
                                .main("", code -> code.i32(65536).load().drop()),
                "undefined element",
                        new WasmAssembler()
                                .table(1)
                                .main("", code -> code.i32(5).op(0x11, 0, 0)),
                "uninitialized element",
                        new WasmAssembler()
                                .table(1)
                                .main("", code -> code.i32(0).op(0x11, 0, 0)));
        for (TieredRun.Tiering tiering : TieredRun.Tiering.values()) {
            try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), tiering, 1L << 30)) {
                for (Map.Entry<String, byte[]> trap : traps.entrySet()) {
                    Execution run = backend.run(Boxes.of(trap.getValue()).spec());
                    assertThat(run.exit()).as(trap.getKey()).isEqualTo(new Exit.Exited(134));
                    assertThat(Boxes.text(run.stderr()))
                            .as("%s", tiering)
                            .isEqualTo("wasm trap: " + trap.getKey() + "\n");
                }
            }
        }
    }

    @Test
    void unsupportedModulesSayWhichFeature() throws InterruptedException {
        assertThat(refused(new WasmAssembler()
                        .main("", code -> code.op(0xfd, 12).op(new int[16]).drop())))
                .contains("vectors (SIMD)");
        assertThat(refused(new WasmAssembler().main("", code -> code.op(0xfe, 3, 0))))
                .contains("threads");
        assertThat(refused(new WasmAssembler().main("", code -> code.op(0x12, 0))))
                .contains("tail calls");
        assertThat(refused(new byte[] {0, 'a', 's', 'm', 0x0d, 0, 1, 0})).contains("components");
        assertThat(refused(new WasmAssembler().build())).contains("_start");
    }

    private static String refused(byte[] module) throws InterruptedException {
        Execution run = run(module);
        assertThat(run.exit()).isEqualTo(new Exit.Exited(126));
        return Boxes.text(run.stderr());
    }

    @Test
    void anUnknownImportIsAViolationWhenItIsCalled() throws InterruptedException {
        WasmAssembler module = new WasmAssembler();
        int steal = module.importFunction("env", "steal", "i", "i");
        Execution run = run(module.main("", code -> code.i32(1).call(steal).drop()));
        assertThat(run.exit()).isEqualTo(new Exit.Exited(134));
        assertThat(run.violations()).containsExactly(new Violation("wasm.imports", "env.steal", 1));

        WasmAssembler unused = new WasmAssembler();
        unused.importFunction("env", "steal", "i", "i");
        assertThat(run(unused.main("", code -> {})).exit()).isEqualTo(new Exit.Exited(0));
    }

    @Test
    void importedMemoryAndWrongTypesDoNotLink() throws InterruptedException {
        Execution memory = run(new WasmAssembler().importMemory("env", "memory").main("", code -> {}));
        assertThat(memory.exit()).isEqualTo(new Exit.Exited(126));
        assertThat(memory.violations()).containsExactly(new Violation("wasm.imports", "memory env.memory", 1));

        WasmAssembler wrong = new WasmAssembler();
        wrong.wasi("fd_write", "i", "i");
        assertThat(refused(wrong.main("", code -> {}))).contains("fd_write with a type");
    }

    @Test
    void theStartFunctionRunsBeforeTheProgram() throws InterruptedException {
        WasmAssembler module = new WasmAssembler();
        int exit = module.procExit();
        int global = module.globalI32(1);
        int start = module.function("", "", "", code -> code.i32(40).globalSet(global));
        module.start(start);
        assertThat(run(module.main(
                                "", code -> code.globalGet(global).i32(2).add().call(exit)))
                        .exit())
                .isEqualTo(new Exit.Exited(42));
    }

    @Test
    void aModuleCannotReachItsOwnMeter() throws InterruptedException {
        // The appended globals come right behind the module's own.
        for (int index = 0; index < 3; index++) {
            int reached = index;
            assertThat(refused(new WasmAssembler()
                            .main("", code -> code.i64(Long.MAX_VALUE).globalSet(reached))))
                    .contains("unknown global");
        }
    }

    @Test
    void aTableThatGrewInOneRunIsFreshInTheNext() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().table(1);
        int exit = module.procExit();
        // table.grow by 5 with null, then exit with table.size
        byte[] wasm = module.main(
                "",
                code -> code.op(0xd0, 0x70)
                        .i32(5)
                        .op(0xfc, 15, 0)
                        .drop()
                        .op(0xfc, 16, 0)
                        .call(exit));
        for (int i = 0; i < 3; i++) {
            assertThat(run(wasm).exit()).isEqualTo(new Exit.Exited(6));
        }
    }

    @Test
    void outputsAreCollectedByGlobAndWithinTheirLimit() throws InterruptedException {
        Boxes box = Boxes.of(hello())
                .file("/workspace/a/one.txt", "1")
                .file("/workspace/a/b/two.txt", "22")
                .file("/workspace/a/b/big.txt", "x".repeat(900_000))
                .file("/workspace/a/b/huge.txt", "x".repeat(900_000))
                .file("/tmp/no.txt", "no")
                .outputs("a/**/*.txt");
        Execution run = BACKEND.run(box.spec());
        assertThat(run.outputs())
                .extracting(file -> file.path())
                .containsExactly("a/b/big.txt", "a/b/two.txt", "a/one.txt");
        assertThat(run.outputsDropped()).singleElement().asString().startsWith("a/b/huge.txt: 900000 bytes");
    }

    @Test
    void filesThatDoNotFitTheDiskLimitAreRefused() {
        Boxes box = Boxes.of(hello());
        for (int i = 0; i < 6; i++) {
            box = box.file("/workspace/f" + i, "x".repeat(1_000_000));
        }
        Boxes tooMuch = box;
        assertThatThrownBy(() -> BACKEND.run(tooMuch.spec()))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_REFUSES));
    }

    @Test
    void aRunThatThisHeapCannotHoldIsRefusedAndNotShrunk() {
        try (WasmBackend small = new WasmBackend(ModuleLimits.standard(), TieredRun.Tiering.ADAPTIVE, 16 << 20)) {
            assertThatThrownBy(() -> small.run(Boxes.of(hello()).spec()))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.fix()).contains("-Xmx"));
        }
    }
}
