package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.local.LocalLimits;
import dev.mayfly.base.local.LocalServer;
import dev.mayfly.base.log.LineSink;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** {@code mayfly up}: serves until its thread is interrupted, then lets the calls in flight end and goes. */
public final class UpCommand implements LongCommand {
    /** Longer than most jobs, shorter than the patience of those who stop services (systemd gives 90 s). */
    private static final Duration GRACE = Duration.ofSeconds(15);

    @Override
    public String name() {
        return "up";
    }

    @Override
    public int run(Surroundings surroundings, List<String> arguments, Voice voice) {
        Settings settings = Settings.of(surroundings, true);
        Log log = Log.to(
                new LineSink(
                        new FileOutputStream(FileDescriptor.err),
                        settings.config().get(SettingKeys.LOG_FORMAT)),
                settings.config().get(SettingKeys.LOG_LEVEL),
                Clock.systemUTC());
        settings.config().warnings().forEach(warning -> log.warn().log(warning.toString()));
        try (Wiring wiring = new Wiring(settings, log, Clock.systemUTC());
                LocalServer server =
                        LocalServer.listen(settings.socket(), wiring.service(), LocalLimits.DEFAULT, log)) {
            wiring.instruments().serve();
            writeProcessFile(settings);
            voice.result("mayfly is ready: pid " + ProcessHandle.current().pid() + ", socket " + settings.socket());
            waitForInterrupt();
            log.info().with("calls", server.callsInFlight()).log("stopping");
            drain(server, log);
            removeProcessFile(settings);
        }
        log.info().log("stopped");
        return ExitCode.GREEN.number();
    }

    private static void waitForInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            // The one way to be told to stop. The flag stays down: what follows has to wait for calls in flight.
        }
    }

    private static void drain(LocalServer server, Log log) {
        try {
            if (!server.drain(GRACE)) {
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
