package dev.mayfly.sandbox.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The same spec gives the same bytes: whatever ran before, whatever runs beside, whichever tier. */
class WasmDeterminismTest {
    private static final WasmBackend BACKEND = new WasmBackend();

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    /** Clocks, randomness, listings, times of files, escapes. */
    private static Boxes curious() {
        int word = SyscallScript.SCRATCH;
        SyscallScript script = new SyscallScript();
        script.call("clock_time_get", 0, 0, word)
                .call("clock_time_get", 1, 0, word + 8)
                .call("clock_time_get", 2, 0, word + 16)
                .call("random_get", word + 32, 100)
                .path("path_create_directory", 4, "dir")
                .open(4, "zeta", 1, 0, word + 200)
                .open(4, "alpha", 1, 0, word + 204)
                .write(5, "content")
                .open(4, ".", 2, (int) Rights.FD_READDIR, word + 208)
                .call("fd_readdir", 7, word + 1024, 2048, 0, word + 212)
                .call("fd_filestat_get", 5, word + 512)
                .open(3, "etc/passwd", 0, 0, word + 600)
                .dump(word, 4096);
        return Boxes.of(script.module()).outputs("**");
    }

    /** Computes for longer than the interpreter's slice, with floats whose NaN bits processors choose. */
    private static byte[] compute() {
        WasmAssembler module = new WasmAssembler().memory(1);
        int write = module.fdWrite();
        return module.main(
                "iF",
                code -> code.i32(16)
                        .f64(0.0)
                        .f64(0.0)
                        .op(0xa3)
                        .op(0x39, 3, 0)
                        .i32(24)
                        .f64(-1.0)
                        .op(0x9f)
                        .op(0x39, 3, 0)
                        .i32(32)
                        .f64(Double.POSITIVE_INFINITY)
                        .f64(Double.NEGATIVE_INFINITY)
                        .op(0xa0)
                        .op(0xb6)
                        .op(0x38, 2, 0)
                        .loop()
                        .get(1)
                        .f64(1.25)
                        .op(0xa0)
                        .f64(0.999)
                        .op(0xa2)
                        .op(0x21, 1)
                        .get(0)
                        .i32(1)
                        .add()
                        .tee(0)
                        .i32(1_000_000)
                        .op(0x48)
                        .brIf(0)
                        .end()
                        .i32(40)
                        .get(1)
                        .op(0x39, 3, 0)
                        .poke(0, 16)
                        .poke(4, 32)
                        .i32(1)
                        .i32(0)
                        .i32(1)
                        .i32(8)
                        .call(write)
                        .drop());
    }

    @Test
    void aHundredRunsGiveOneFingerprint() throws InterruptedException {
        Set<String> seen = new HashSet<>();
        Boxes box = curious();
        for (int i = 0; i < 100; i++) {
            seen.add(Boxes.fingerprint(BACKEND.run(box.spec())));
        }
        assertThat(seen).hasSize(1);
        assertThat(seen.iterator().next()).contains("/etc/passwd").contains("alpha");
    }

    @Test
    void everyTierGivesTheSameFingerprintAndFuel() throws InterruptedException {
        Set<String> seen = new HashSet<>();
        for (TieredRun.Tiering tiering : TieredRun.Tiering.values()) {
            try (WasmBackend backend = new WasmBackend(ModuleLimits.standard(), tiering, 1L << 30)) {
                for (int i = 0; i < 3; i++) {
                    seen.add(Boxes.fingerprint(backend.run(Boxes.of(compute()).spec())));
                    seen.add(
                            "curious " + Boxes.fingerprint(backend.run(curious().spec())));
                }
            }
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void inventedNansAreCanonical() throws InterruptedException {
        byte[] out = BACKEND.run(Boxes.of(compute()).spec()).stdout().head();
        ByteBuffer values = ByteBuffer.wrap(out).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        assertThat(values.getLong(0)).isEqualTo(0x7ff8_0000_0000_0000L);
        assertThat(values.getLong(8)).isEqualTo(0x7ff8_0000_0000_0000L);
        assertThat(values.getInt(16)).isEqualTo(0x7fc0_0000);
        assertThat(values.getDouble(24)).isBetween(1200.0, 1300.0);
    }

    @Test
    void nanBitsThatAreOnlyCarriedStayAsTheyAre() throws InterruptedException {
        WasmAssembler module = new WasmAssembler().memory(1);
        int write = module.fdWrite();
        long signalling = 0x7ff0_dead_beef_0001L;
        byte[] wasm = module.main(
                "",
                code -> code.i32(24)
                        .i64(signalling)
                        .store64()
                        .i32(16)
                        .i32(24)
                        .op(0x2b, 3, 0)
                        .op(0x39, 3, 0)
                        .poke(0, 16)
                        .poke(4, 8)
                        .i32(1)
                        .i32(0)
                        .i32(1)
                        .i32(8)
                        .call(write)
                        .drop());
        byte[] out = BACKEND.run(Boxes.of(wasm).spec()).stdout().head();
        assertThat(ByteBuffer.wrap(out).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong())
                .isEqualTo(signalling);
    }

    @Test
    void theSeedDecidesTheRandomBytesAndNothingElse() throws InterruptedException {
        SyscallScript script = new SyscallScript()
                .call("random_get", SyscallScript.SCRATCH, 32)
                .dump(SyscallScript.SCRATCH, 32);
        Boxes box = Boxes.of(script.module());
        String one = Boxes.fingerprint(BACKEND.run(box.seed(1).spec()));
        assertThat(Boxes.fingerprint(BACKEND.run(box.seed(1).spec()))).isEqualTo(one);
        assertThat(Boxes.fingerprint(BACKEND.run(box.seed(2).spec()))).isNotEqualTo(one);
    }

    @Test
    void splitMixGivesItsPublishedBytes() {
        byte[] bytes = new byte[16];
        new SeededRandom(0).fill(bytes);
        ByteBuffer words = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        // First outputs of SplitMix64 for seed 0, as in the reference implementation's test vectors.
        assertThat(words.getLong()).isEqualTo(0xe220a8397b1dcdafL);
        assertThat(words.getLong()).isEqualTo(0x6e789e6aa1b965f4L);
    }

    @Test
    void theClockStartsAtTheEpochAndNeverStandsStill() throws InterruptedException {
        int word = SyscallScript.SCRATCH;
        SyscallScript.Outcome outcome = new SyscallScript()
                .call("clock_time_get", 0, 0, word)
                .call("clock_time_get", 0, 0, word + 8)
                .call("clock_time_get", 1, 0, word + 16)
                .call("clock_time_get", 9, 0, word + 24)
                .dump(word, 24)
                .run(BACKEND);
        assertThat(outcome.errnos()).containsExactly(0, 0, 0, Errno.INVAL);
        long first = outcome.memory().getLong(0);
        assertThat(first).isBetween(RunMeter.EPOCH_NANOS, RunMeter.EPOCH_NANOS + 10_000);
        assertThat(outcome.memory().getLong(8)).isGreaterThan(first);
        assertThat(outcome.memory().getLong(16)).isBetween(100L, 10_000L);
    }

    @Test
    void manyThreadsAtOnceDoNotMix() throws Exception {
        Boxes box = curious();
        List<Boxes> boxes = new ArrayList<>();
        for (int seed = 0; seed < 4; seed++) {
            boxes.add(box.seed(seed));
        }
        List<String> alone = new ArrayList<>();
        for (Boxes one : boxes) {
            alone.add(Boxes.fingerprint(BACKEND.run(one.spec())));
        }
        byte[] compute = compute();
        String computed = Boxes.fingerprint(BACKEND.run(Boxes.of(compute).spec()));
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int seed = i % 4;
                work.add(() -> {
                    assertThat(Boxes.fingerprint(BACKEND.run(boxes.get(seed).spec())))
                            .isEqualTo(alone.get(seed));
                    return null;
                });
            }
            for (int i = 0; i < 6; i++) {
                work.add(() -> {
                    assertThat(Boxes.fingerprint(BACKEND.run(Boxes.of(compute)
                                    .wall(Duration.ofMinutes(2))
                                    .spec())))
                            .isEqualTo(computed);
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
    }
}
