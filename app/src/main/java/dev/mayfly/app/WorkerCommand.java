package dev.mayfly.app;

import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** {@code mayfly worker}: serves the queue until its thread is interrupted, then lets the jobs at hand end and goes. */
public final class WorkerCommand implements LongCommand {
    /** Longer than the longest run. */
    private static final Duration GRACE = Duration.ofSeconds(90);

    @Override
    public String name() {
        return "worker";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) {
        Settings settings = Settings.of(surroundings, Settings.Role.WORKER);
        Log log = settings.serviceLog();
        try (Wiring wiring = new Wiring(settings, log, Clock.systemUTC())) {
            WorkerService worker = wiring.queue().worker();
            wiring.instruments().serve();
            voice.result(
                    "mayfly worker is ready: pid " + ProcessHandle.current().pid() + ", slots " + settings.slots());
            Shutdown.await();
            log.info().with("jobs", worker.worker().inFlight()).log("draining");
            drain(worker, log);
        }
        log.info().log("stopped");
        return ExitCode.GREEN.number();
    }

    private static void drain(WorkerService worker, Log log) {
        try {
            if (!worker.drain(GRACE)) {
                log.warn().log("gave up waiting for jobs; they are given back");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
