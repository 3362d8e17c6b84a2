package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.local.LocalLimits;
import dev.mayfly.base.local.LocalServer;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code mayfly up}: serves until its thread is interrupted, then lets the calls in flight end and goes. */
public final class UpCommand implements LongCommand {
    /** Jobs of the queue may take this long to end, calls that more. Together less than systemd gives, 90 s. */
    private static final Duration JOBS_GRACE = Duration.ofSeconds(70);

    private static final Duration CALLS_GRACE = Duration.ofSeconds(15);

    @Override
    public String name() {
        return "up";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) {
        Settings settings = Settings.of(surroundings, Settings.Role.SERVICE);
        Log log = settings.serviceLog();
        try (Wiring wiring = new Wiring(settings, log, Clock.systemUTC());
                LocalServer server = LocalServer.listen(settings.socket(), wiring.service(), LocalLimits.DEFAULT, log);
                // After the socket, because only then this service is alone with its home.
                Housekeeping _ = wiring.housekeeping(log)) {
            wiring.instruments().serve();
            Optional<WorkerService> worker = settings.config().get(SettingKeys.WORKER) == SettingKeys.Switch.ON
                    ? startWorker(wiring, log)
                    : Optional.empty();
            writeProcessFile(settings);
            voice.result("mayfly is ready: pid " + ProcessHandle.current().pid() + ", socket " + settings.socket());
            Shutdown.await();
            log.info().with("calls", server.callsInFlight()).log("stopping");
            drain(server, worker, log);
            removeProcessFile(settings);
        }
        log.info().log("stopped");
        return ExitCode.GREEN.number();
    }

    /** A service without a worker still answers calls; what the worker lacks is told, and by doctor too. */
    private static Optional<WorkerService> startWorker(Wiring wiring, Log log) {
        try {
            return Optional.of(wiring.queue().worker());
        } catch (MayflyException e) {
            log.error()
                    .with("what", e.what())
                    .with("why", e.why())
                    .with("fix", e.fix())
                    .log("the queue is not served");
            return Optional.empty();
        }
    }

    private static void drain(LocalServer server, Optional<WorkerService> worker, Log log) {
        try {
            if (worker.isPresent() && !worker.get().drain(JOBS_GRACE)) {
                log.warn().log("gave up waiting for jobs; they are given back");
            }
            if (!server.drain(CALLS_GRACE)) {
                log.warn().with("calls", server.callsInFlight()).log("gave up waiting for calls");
            }
        } catch (InterruptedException _) {
            log.warn().log("told to stop twice: not waiting for calls");
        }
    }

    private static void writeProcessFile(Settings settings) {
        String pid = ProcessHandle.current().pid() + "\n";
        try {
            DurableFile.replace(settings.processFile(), pid.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "cannot write " + settings.processFile(),
                    String.valueOf(e.getMessage()),
                    "make the folder writable, or choose another --home",
                    e);
        }
    }

    private static void removeProcessFile(Settings settings) {
        try {
            Files.deleteIfExists(settings.processFile());
        } catch (IOException _) {
            // It names a process that is about to end, which is all that its readers check.
        }
    }
}
