package dev.mayfly.sandbox.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.Repository;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.proof.FuzzFrames.Question;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Says all sorts of things to real launchers, as built and with sanitizers: each answers, or names the fault and ends;
 * none crashes, hangs, or leaves anything. {@code -Dmayfly.fuzz.seconds=600} for a long run, {@code -Dmayfly.fuzz.seed=N}
 * to see one again.
 */
class LauncherFuzzTest {
    private static final long SECONDS = Integer.getInteger("mayfly.fuzz.seconds", 5);
    private static final long SEED = Long.getLong("mayfly.fuzz.seed", System.nanoTime());
    private static final int MOST_QUESTIONS = 30;
    private static final long ANSWERS_WITHIN_MILLIS = 20_000;

    @Test
    void no_bytes_crash_or_hang_the_launcher(@TempDir Path folder) throws Exception {
        Parts.needNativeBackend();
        fuzz("launcher", Parts.launcher(), folder);
    }

    @Test
    void no_bytes_make_the_sanitizers_complain(@TempDir Path folder) throws Exception {
        Parts.needNativeBackend();
        Needs.command("cc");
        Path program = folder.resolve("launcher-asan");
        Process build = new ProcessBuilder(
                        "sh",
                        Repository.path("platform/src/main/native/build.sh").toString(),
                        "cc",
                        program.toString(),
                        "--asan")
                .redirectErrorStream(true)
                .start();
        String said = new String(build.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as(said).isZero();
        Needs.that(Files.isExecutable(program), "sanitizers", said.strip());
        fuzz("launcher with sanitizers", program, folder);
    }

    private static void fuzz(String what, Path program, Path folder) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        Map<String, Integer> seen = new TreeMap<>();
        long life = 0;
        for (; System.nanoTime() < end; life++) {
            // Scrambled: generators with neighbouring seeds begin alike.
            Random random = new Random((SEED + life) * 0x9e3779b97f4a7c15L);
            try (FuzzedLauncher launcher = new FuzzedLauncher(program, folder)) {
                String told =
                        what + ", seed " + (SEED + life) + " (repeat with -Dmayfly.fuzz.seed=" + (SEED + life) + ")";
                String kind = live(launcher, random, told);
                assertThat(launcher.end()).as(told + ", " + kind).isEmpty();
                seen.merge(kind + (launcher.endedWithError() ? ": ERROR" : ": ended with the socket"), 1, Integer::sum);
            }
        }
        System.err.println(what + ": " + life + " lives from seed " + SEED + " " + seen);
        assertThat(life).as("lives").isPositive();
        Traces.assertNothingLeft(new InstanceId(Traces.SELF, 0), ProofSandbox.uidsOf(Traces.SELF));
        assertThat(Traces.launchers()).isEmpty();
    }

    /** One process: configured well or badly, then asked well or badly. Says which. */
    private static String live(FuzzedLauncher launcher, Random random, String told) throws InterruptedException {
        FuzzFrames frames =
                new FuzzFrames(random, ProofSandbox.uidsOf(Traces.SELF).first());
        Question config = new Question(FuzzFrames.CONFIG, frames.config());
        switch (random.nextInt(8)) {
            case 0 -> {
                launcher.send(frames.noise());
                return "noise";
            }
            case 1 -> {
                launcher.send(frames.spoilBytes(config.bytes()));
                launcher.send(frames.question().bytes());
                pause(launcher, random);
                return "spoilt CONFIG bytes";
            }
            case 2 -> {
                launcher.send(frames.spoilFields(config).bytes());
                launcher.send(frames.question().bytes());
                pause(launcher, random);
                return "spoilt CONFIG fields";
            }
            default -> {}
        }
        launcher.send(config.bytes());
        assertThat(launcher.answer(ANSWERS_WITHIN_MILLIS)).as(told + ": CONFIG").isEqualTo(101);
        return switch (random.nextInt(3)) {
            case 0 -> askWell(launcher, frames, random, told);
            case 1 -> askWithSpoiltFields(launcher, frames, random, told);
            default -> askWithSpoiltBytes(launcher, frames, random);
        };
    }

    private static void pause(FuzzedLauncher launcher, Random random) throws InterruptedException {
        launcher.answer(random.nextInt(20));
    }

    /** Nothing is wrong, so nothing may be answered with ERROR. */
    private static String askWell(FuzzedLauncher launcher, FuzzFrames frames, Random random, String told)
            throws InterruptedException {
        for (int i = random.nextInt(MOST_QUESTIONS); i > 0; i--) {
            Question question = frames.question();
            launcher.send(question.bytes());
            assertAnswered(launcher, question, told, false);
        }
        return "good questions";
    }

    /** Framing is kept: every question has its answer, or an ERROR and the end. */
    private static String askWithSpoiltFields(FuzzedLauncher launcher, FuzzFrames frames, Random random, String told)
            throws InterruptedException {
        for (int i = random.nextInt(MOST_QUESTIONS); i > 0; i--) {
            Question question = frames.question();
            if (random.nextBoolean()) {
                question = frames.spoilFields(question);
            }
            launcher.send(question.bytes());
            if (!assertAnswered(launcher, question, told, true)) {
                break;
            }
        }
        return "spoilt fields";
    }

    private static String askWithSpoiltBytes(FuzzedLauncher launcher, FuzzFrames frames, Random random)
            throws InterruptedException {
        for (int i = random.nextInt(MOST_QUESTIONS); i > 0; i--) {
            byte[] bytes = frames.question().bytes();
            if (!launcher.send(random.nextInt(4) == 0 ? bytes : frames.spoilBytes(bytes))) {
                break;
            }
            pause(launcher, random);
        }
        return "spoilt bytes";
    }

    /** False when the launcher ended. */
    private static boolean assertAnswered(FuzzedLauncher launcher, Question question, String told, boolean mayEnd)
            throws InterruptedException {
        List<Integer> ends = switch (question.type()) {
            case FuzzFrames.CANCEL -> List.of();
            case FuzzFrames.RUN -> List.of(103, 104);
            case FuzzFrames.LIST -> List.of(106, 104);
            case FuzzFrames.READ -> List.of(107, 104);
            case FuzzFrames.RESET -> List.of(108);
            default -> List.of(FuzzedLauncher.CLOSED);
        };
        if (ends.isEmpty() && question.fields().isEmpty()) {
            return true; // CANCEL outside a run is ignored
        }
        while (true) {
            int type = launcher.answer(ANSWERS_WITHIN_MILLIS);
            assertThat(type)
                    .as(told + ": no answer in time to type " + question.type())
                    .isNotZero();
            if (type == FuzzedLauncher.CLOSED) {
                assertThat(mayEnd)
                        .as(told + ": it ended on a good question of type " + question.type())
                        .isTrue();
                return false;
            }
            if (ends.contains(type)) {
                return true;
            }
        }
    }
}
