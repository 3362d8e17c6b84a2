package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.program.Voice;
import dev.mayfly.mesh.eval.Evaluation;
import dev.mayfly.mesh.eval.EvaluationJson;
import dev.mayfly.mesh.eval.EvaluationPage;
import dev.mayfly.mesh.eval.EvaluationTable;
import dev.mayfly.mesh.eval.Plan;
import dev.mayfly.mesh.eval.SeedPlay;
import dev.mayfly.mesh.eval.SeedResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** {@code mayfly mesh eval}: plays many seeds, on all processors, and says how well faults were found. */
final class EvalOperations {
    private static final int SECONDS = 120;
    private static final int MOST_SEEDS = 10_000_000;

    private EvalOperations() {}

    static int eval(HandedWords words, MeshSession session) {
        Plan plan = PlanWords.of(words, SECONDS, !words.on("--ours-only"));
        int seeds = (int) words.number("--seeds", 1, MOST_SEEDS, 54);
        long first = words.number("--first-seed", 0, Long.MAX_VALUE - MOST_SEEDS, 0);
        int threads =
                (int) words.number("--threads", 1, 256, Runtime.getRuntime().availableProcessors());
        Voice voice = session.voice();
        Evaluation evaluation = new Evaluation(plan);
        boolean whole = play(evaluation, first, seeds, Math.min(threads, seeds), words.on("--json"), voice);
        if (!whole) {
            voice.progress("ended early: " + evaluation.seeds() + " of " + seeds + " seeds were played");
        }
        words.text("--html").ifPresent(file -> write(Path.of(file), EvaluationPage.of(evaluation)));
        voice.result(
                words.on("--json")
                        ? JsonWriter.pretty(EvaluationJson.of(evaluation))
                        : EvaluationPage.words(plan.shape()) + "\n" + evaluation.seeds() + " seeds of " + plan.seconds()
                                + " seconds, windows of " + plan.windowSeconds() + "\n\n"
                                + EvaluationTable.of(evaluation));
        return ExitCode.GREEN.number();
    }

    /** @return false when it was interrupted; what was played until then is kept */
    private static boolean play(Evaluation evaluation, long first, int seeds, int threads, boolean quiet, Voice voice) {
        ExecutorService pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("seed-", 0).daemon().factory());
        try {
            CompletionService<SeedResult> results = new ExecutorCompletionService<>(pool);
            // Not all at once: what is handed in early is what an interrupt has to wait for.
            int handedIn = 0;
            long start = System.nanoTime();
            while (evaluation.seeds() < seeds) {
                while (handedIn < seeds && handedIn < evaluation.seeds() + 2 * threads) {
                    long seed = first + handedIn++;
                    results.submit(() -> SeedPlay.play(evaluation.plan(), seed));
                }
                evaluation.add(results.take().get());
                if (!quiet && (voice.replaces() || evaluation.seeds() % Math.max(1, seeds / 10) == 0)) {
                    voice.standing(progress(evaluation, seeds, (System.nanoTime() - start) / 1e9));
                }
            }
            return true;
        } catch (InterruptedException _) {
            // Heard and done: what is left to do is to say what there is, and files cannot be written when interrupted.
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a seed failed", e.getCause());
        } finally {
            pool.shutdownNow();
            if (voice.replaces()) {
                voice.standing("");
            }
        }
    }

    private static String progress(Evaluation evaluation, int seeds, double seconds) {
        int done = evaluation.seeds();
        long left = Math.round(seconds / done * (seeds - done));
        return String.format(
                Locale.ROOT,
                "%d of %d seeds, %.1f %% found so far, %d:%02d left",
                done,
                seeds,
                100 * evaluation.all(Evaluation.OURS).recall(),
                left / 60,
                left % 60);
    }

    private static void write(Path file, String page) {
        try {
            DurableFile.replace(file.toAbsolutePath(), page.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot write the page to " + file,
                    String.valueOf(e.getMessage()),
                    "check that the folder is there, writable and not full",
                    e);
        }
    }
}
