package dev.mayfly.sandbox.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Programs that mean harm. Each must end as told, with the limit or the denial named, and leave the JVM as it was. */
class WasmHostileTest {
    private static final WasmBackend BACKEND = new WasmBackend();

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    private static byte[] spin() {
        return new WasmAssembler().main("", code -> code.loop().br(0).end());
    }

    private static Execution run(byte[] module) throws InterruptedException {
        return BACKEND.run(Boxes.of(module).spec());
    }

    @Test
    void anEndlessLoopRunsOutOfFuelAtTheSameInstruction() throws InterruptedException {
        Boxes box = Boxes.of(spin()).cpu(Duration.ofMillis(20));
        for (int i = 0; i < 3; i++) {
            Execution run = BACKEND.run(box.spec());
            assertThat(run.exit()).isEqualTo(new Exit.Signaled(24));
            assertThat(run.limitsHit()).containsExactly(LimitHit.FUEL);
            assertThat(run.usage().cpu()).isEqualTo(Duration.ofMillis(20));
        }
    }

    @Test
    void anEndlessLoopIsStoppedAtTheWallOnBothTiers() throws InterruptedException {
        for (TieredRun.Tiering tiering : TieredRun.Tiering.values()) {
            try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), tiering, 1L << 30)) {
                Boxes box = Boxes.of(spin()).wall(Duration.ofMillis(150)).cpu(Duration.ofHours(1));
                Execution run = backend.run(box.spec());
                assertThat(run.exit()).as("%s", tiering).isEqualTo(new Exit.Signaled(9));
                assertThat(run.limitsHit()).containsExactly(LimitHit.WALL);
                assertThat(run.killLatency()).isPositive().isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void aRunAfterAStoppedOneIsNotInterrupted() throws InterruptedException {
        Boxes endless = Boxes.of(spin()).wall(Duration.ofMillis(30)).cpu(Duration.ofHours(1));
        for (int i = 0; i < 10; i++) {
            assertThat(BACKEND.run(endless.spec()).limitsHit()).containsExactly(LimitHit.WALL);
            assertThat(run(WasmBackendTest.hello()).exit()).isEqualTo(new Exit.Exited(0));
        }
    }

    @Test
    void aMemoryBombIsRefusedPagesAndTheRefusalIsALimitHit() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(1);
        int exit = module.procExit();
        // grows by 16 pages until refused, then exits with the pages it has, in MiB
        byte[] bomb = module.main(
                "",
                code -> code.block()
                        .loop()
                        .i32(16)
                        .op(0x40, 0)
                        .i32(-1)
                        .op(0x46)
                        .brIf(1)
                        .br(0)
                        .end()
                        .end()
                        .op(0x3f, 0)
                        .i32(16)
                        .op(0x6e)
                        .call(exit));
        Execution run = run(bomb);
        assertThat(run.exit()).isEqualTo(new Exit.Exited(63));
        assertThat(run.limitsHit()).containsExactly(LimitHit.MEMORY);
        assertThat(run.usage().peakMemoryBytes()).isBetween(60L << 20, 65L << 20);
    }

    @Test
    void aModuleThatNeedsTooMuchMemoryToStartDoesNotStart() throws InterruptedException {
        Execution run = run(new WasmAssembler().memory(2000).main("", code -> {}));
        assertThat(run.exit()).isEqualTo(new Exit.Exited(126));
        assertThat(run.limitsHit()).containsExactly(LimitHit.MEMORY);
        assertThat(Boxes.text(run.stderr())).contains("limits.memory_mb");
    }

    @Test
    void endlessRecursionEndsAtTheSameDepthOnBothTiers() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(1);
        int write = module.fdWrite();
        int self = 1;
        // counts its depth in memory before it goes deeper; prints every thousandth
        int deep = module.function(
                "",
                "",
                "i",
                code -> code.i32(16)
                        .i32(16)
                        .load()
                        .i32(1)
                        .add()
                        .tee(0)
                        .store()
                        .get(0)
                        .i32(1000)
                        .op(0x70)
                        .op(0x45)
                        .when()
                        .poke(0, 16)
                        .poke(4, 4)
                        .i32(1)
                        .i32(0)
                        .i32(1)
                        .i32(8)
                        .call(write)
                        .drop()
                        .end()
                        .call(self));
        assertThat(deep).isEqualTo(self);
        byte[] wasm = module.main("", code -> code.call(deep));
        Execution first = null;
        for (TieredRun.Tiering tiering : TieredRun.Tiering.values()) {
            try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), tiering, 1L << 30)) {
                Execution run = backend.run(Boxes.of(wasm).spec());
                assertThat(run.exit()).isEqualTo(new Exit.Exited(134));
                assertThat(Boxes.text(run.stderr())).isEqualTo("wasm trap: call stack exhausted\n");
                assertThat(run.stdout().total()).as("depth").isGreaterThan(4 * 10);
                if (first != null) {
                    assertThat(Boxes.fingerprint(run)).isEqualTo(Boxes.fingerprint(first));
                }
                first = run;
            }
        }
    }

    @Test
    void recursionWithManyLocalsFitsTheThreadsStackToo() throws InterruptedException {
        for (TieredRun.Tiering tiering : TieredRun.Tiering.values()) {
            try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), tiering, 1L << 30)) {
                for (int locals : new int[] {0, 1, 50, 500}) {
                    WasmAssembler module = new WasmAssembler();
                    int self = module.function("", "", "I".repeat(locals), code -> code.call(0));
                    Execution run = backend.run(
                            Boxes.of(module.main("", code -> code.call(self))).spec());
                    assertThat(Boxes.text(run.stderr())).isEqualTo("wasm trap: call stack exhausted\n");
                }
            }
        }
    }

    @Test
    void aGigabyteOfOutputIsCountedAndCut() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(17);
        int write = module.fdWrite();
        byte[] flood = module.main(
                "i",
                code -> code.poke(0, 16)
                        .poke(4, 1 << 20)
                        .loop()
                        .i32(1)
                        .i32(0)
                        .i32(1)
                        .i32(8)
                        .call(write)
                        .drop()
                        .get(0)
                        .i32(1)
                        .add()
                        .tee(0)
                        .i32(1024)
                        .op(0x48)
                        .brIf(0)
                        .end());
        Execution run = run(flood);
        assertThat(run.exit()).isEqualTo(new Exit.Exited(0));
        assertThat(run.stdout().total()).isEqualTo(1L << 30);
        assertThat(run.stdout().truncated()).isTrue();
        assertThat(run.stdout().head().length + run.stdout().tail().length).isEqualTo(64 << 10);
        assertThat(run.limitsHit()).containsExactly(LimitHit.STDOUT);
    }

    /** Opens the same file again and again, exits with the error number of the first refusal. */
    @Test
    void aFloodOfDescriptorsHitsItsLimit() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(1).data(64, "prog.wasm");
        int open = module.wasi("path_open", "iiiiiIIii", "i");
        int exit = module.procExit();
        byte[] flood = module.main(
                "i",
                code -> code.loop()
                        .i32(4)
                        .i32(0)
                        .i32(64)
                        .i32(9)
                        .i32(0)
                        .i64(Rights.FD_READ)
                        .i64(0)
                        .i32(0)
                        .i32(8)
                        .call(open)
                        .tee(0)
                        .op(0x45)
                        .brIf(0)
                        .end()
                        .get(0)
                        .call(exit));
        Execution run = run(flood);
        assertThat(run.exit()).isEqualTo(new Exit.Exited(Errno.MFILE));
        assertThat(run.limitsHit()).containsExactly(LimitHit.OPEN_FILES);
    }

    /** Makes folders inside each other until refused. */
    @Test
    void aFloodOfFoldersHitsTheDiskLimit() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(1).data(64, "aaaaaaaa");
        int mkdir = module.wasi("path_create_directory", "iii", "i");
        int exit = module.procExit();
        // the name counts in base 16 over 8 letters by adding to the word at 64
        byte[] flood = module.main(
                "ii",
                code -> code.loop()
                        .i32(64)
                        .i32(0x20202020)
                        .get(0)
                        .i32(0x0f0f)
                        .op(0x71)
                        .add()
                        .get(0)
                        .i32(4)
                        .op(0x76)
                        .i32(0x0f0f)
                        .op(0x71)
                        .i32(16)
                        .op(0x74)
                        .add()
                        .store()
                        .get(0)
                        .i32(1)
                        .add()
                        .set(0)
                        .i32(4)
                        .i32(64)
                        .i32(8)
                        .call(mkdir)
                        .tee(1)
                        .i32(Errno.NOSPC)
                        .op(0x47)
                        .brIf(0)
                        .end()
                        .get(1)
                        .call(exit));
        Execution run = run(flood);
        assertThat(run.exit()).isEqualTo(new Exit.Exited(Errno.NOSPC));
        assertThat(run.limitsHit()).containsExactly(LimitHit.DISK);
    }

    @Test
    void aFullDiskAndATooLongFileAreToldApart() throws InterruptedException {
        int word = SyscallScript.SCRATCH;
        SyscallScript script = new SyscallScript();
        int vector = script.vector(0, 65536);
        script.open(4, "big", 1, 0, word);
        script.call("fd_pwrite", 5, vector, 1, (1 << 20) - 10, word + 8);
        script.call("fd_pwrite", 5, vector, 1, 1 << 20, word + 16);
        script.call("fd_filestat_set_size", 5, Long.MAX_VALUE);
        script.call("fd_allocate", 5, Long.MAX_VALUE, Long.MAX_VALUE);
        script.call("fd_pwrite", 5, vector, 1, Long.MAX_VALUE, word + 16).dump(word + 8, 4);
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos()).containsExactly(0, 0, Errno.FBIG, Errno.FBIG, Errno.FBIG, Errno.FBIG);
        assertThat(outcome.memory().getInt(0)).as("short write up to the limit").isEqualTo(10);
        assertThat(outcome.run().limitsHit()).containsExactly(LimitHit.FILE_SIZE);

        SyscallScript filler = new SyscallScript();
        int half = filler.vector(0, 200_000);
        for (int file = 0; file < 5; file++) {
            filler.open(4, "f" + file, 1, 0, word);
            for (int part = 0; part < 5; part++) {
                filler.call("fd_pwrite", 5 + file, half, 1, part * 200_000L, word + 8);
            }
        }
        SyscallScript.Outcome full = filler.run(BACKEND);
        assertThat(full.errnos()).contains(Errno.NOSPC);
        assertThat(full.run().limitsHit()).containsExactly(LimitHit.DISK);
    }

    @Test
    void bulkInstructionsPayByLength() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(512);
        byte[] fills = module.main(
                "",
                code -> code.loop()
                        .i32(0)
                        .i32(7)
                        .i32(32 << 20)
                        .op(0xfc, 11, 0)
                        .br(0)
                        .end());
        Execution run = BACKEND.run(Boxes.of(fills).cpu(Duration.ofMillis(10)).spec());
        assertThat(run.exit()).isEqualTo(new Exit.Signaled(24));
        // 32 MiB are half a million units: 10 million last for about 20 fills, not for a million
        assertThat(run.wall()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void networkCallsAreDeniedAndNamed() throws InterruptedException {
        SyscallScript script = new SyscallScript()
                .call("sock_accept", 3, 0, 64)
                .call("sock_send", 1, 0, 0, 0, 64)
                .call("sock_recv", 0, 0, 0, 0, 64, 64)
                .call("sock_shutdown", 99, 3);
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos()).containsExactly(Errno.NOTSOCK, Errno.NOTSOCK, Errno.NOTSOCK, Errno.BADF);
        assertThat(outcome.run().violations())
                .containsExactly(
                        new Violation("net.default", "sock_accept", 1),
                        new Violation("net.default", "sock_recv", 1),
                        new Violation("net.default", "sock_send", 1),
                        new Violation("net.default", "sock_shutdown", 1));
    }

    @Test
    void sleepingTakesNoTimeButCountsAgainstTheWall() throws InterruptedException {
        Boxes box = Boxes.of(sleep(10_000_000_000L).module());
        long begin = System.nanoTime();
        Execution slept = BACKEND.run(box.spec());
        assertThat(slept.exit()).isEqualTo(new Exit.Exited(0));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
        Execution tooLong =
                BACKEND.run(Boxes.of(sleep(31_000_000_000L).module()).spec());
        assertThat(tooLong.exit()).isEqualTo(new Exit.Signaled(9));
        assertThat(tooLong.limitsHit()).containsExactly(LimitHit.WALL);
    }

    private static SyscallScript sleep(long nanos) {
        SyscallScript script = new SyscallScript();
        java.nio.ByteBuffer subscription = java.nio.ByteBuffer.allocate(48).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        subscription.putInt(16, 1).putLong(24, nanos);
        return script.call("poll_oneoff", script.put(subscription.array()), SyscallScript.SCRATCH, 1, 64);
    }

    @Test
    void addressesOutsideTheMemoryAreFaultsOfTheCall() throws InterruptedException {
        SyscallScript script = new SyscallScript();
        int vector = script.vector(0x7fff_fff0, 100);
        script.call("fd_write", 1, vector, 1, 64)
                .call("fd_write", 1, -8, 1, 64)
                .call("random_get", 4 * 65536 - 4, 8)
                .call("random_get", 0, -1)
                .call("clock_time_get", 0, 0, 4 * 65536 - 4)
                .call("path_create_directory", 4, -1, 10)
                .call("fd_read", 0, 0, 100_000, 64);
        SyscallScript.Outcome outcome = script.run(BACKEND);
        assertThat(outcome.errnos())
                .containsExactly(
                        Errno.FAULT, Errno.FAULT, Errno.FAULT, Errno.FAULT, Errno.FAULT, Errno.FAULT, Errno.INVAL);
    }

    @Test
    void aModuleThatLoadsForLongIsStoppedAtTheWallToo() throws InterruptedException {
        byte[] slow = new WasmAssembler().main("", code -> {
            for (int i = 0; i < 300_000; i++) {
                code.i32(0).drop();
            }
        });
        Execution run = BACKEND.run(Boxes.of(slow).wall(Duration.ofMillis(1)).spec());
        assertThat(run.exit()).isEqualTo(new Exit.Signaled(9));
        assertThat(run.limitsHit()).containsExactly(LimitHit.WALL);
    }

    @Test
    void modulesOverTheLimitsAreRefusedBeforeTheyTakeMemory() throws InterruptedException {
        byte[] huge = new byte[9 << 20];
        System.arraycopy(WasmBackendTest.hello(), 0, huge, 0, 8);
        // one local group of four thousand million
        WasmAssembler locals = new WasmAssembler();
        locals.export("_start", locals.rawFunction("", "", new byte[] {
            1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0x7f, 0x0b
        }));
        WasmAssembler nested = new WasmAssembler();
        byte[] deep = nested.main("", code -> {
            for (int i = 0; i < 25_000; i++) {
                code.block();
            }
            for (int i = 0; i < 25_000; i++) {
                code.end();
            }
        });
        byte[] table = new WasmAssembler().table(0xffff_ffffL).main("", code -> {});
        for (byte[] module : List.of(huge, locals.build(), deep, table)) {
            Boxes box = Boxes.of(module);
            dev.mayfly.sandbox.box.BoxLimits limits = box.limits();
            Execution run = BACKEND.run(box.limits(new dev.mayfly.sandbox.box.BoxLimits(
                            limits.wall(), limits.cpu(), limits.memoryBytes(), 1, 32 << 20, 64, 32 << 20, 4096, 0))
                    .spec());
            assertThat(run.exit()).isEqualTo(new Exit.Exited(126));
            assertThat(Boxes.text(run.stderr())).contains("limit");
        }
    }
}
