package dev.mayfly.app.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.Voice;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.service.Activity;
import dev.mayfly.env.service.Mounts;
import dev.mayfly.env.service.VfsEndpoint;
import dev.mayfly.env.service.VfsServer;
import dev.mayfly.env.service.ViewShelf;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/** The service, from its first to its last moment. */
public final class ServiceProcess {
    /** Calls that run get so long to end. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final ServicePlace place;
    private final Parts parts;
    private final Log log;

    /** What it is made of; {@link ServiceParts} makes it. */
    public interface Parts {
        Activity activity();

        Mounts mounts();

        ViewShelf shelf();

        VfsEndpoint endpoint();

        /** Clears away what dead processes left. */
        void sweep();

        /** Unmounts what nobody uses any more. */
        void unmountUnused();

        /** Answers who asks at this socket, until it is closed. */
        AutoCloseable reception(Path socket) throws IOException;
    }

    public ServiceProcess(ServicePlace place, Parts parts, Log log) {
        this.place = place;
        this.parts = parts;
        this.log = log;
    }

    /**
     * Serves until nobody has needed it for so long, somebody stops it by a call, or this thread is interrupted.
     *
     * @param idle empty to stay
     * @throws MayflyException {@code SERVICE_RUNNING} when this home has one, {@code LISTEN_FAILED}
     */
    public void run(Optional<Duration> idle, Voice voice) {
        OpenFileLock alone = place.takeService()
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.SERVICE_RUNNING,
                        "a service of environments runs for this home already",
                        "process " + place.process().orElse("?") + " is it",
                        "use it, or stop it: mayfly env service stop"));
        try {
            place.clear();
            parts.sweep();
            serve(idle, voice);
        } finally {
            place.clear();
            alone.close();
        }
        log.info().log("stopped");
    }

    private void serve(Optional<Duration> idle, Voice voice) {
        Activity activity = parts.activity();
        try (VfsServer server = VfsServer.start(place.socket(), parts.endpoint());
                AutoCloseable _ = parts.reception(place.entrances());
                Rounds _ = Rounds.start(parts, idle, Ticker.system(), log)) {
            onlyMine(place.socket());
            log.info()
                    .with("pid", ProcessHandle.current().pid())
                    .with("socket", place.socket())
                    .with("idle", idle.map(Duration::toString).orElse("never"))
                    .log("ready");
            voice.result("mayfly env service is ready: pid "
                    + ProcessHandle.current().pid() + ", socket " + place.socket());
            end(activity, server);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "the service of environments cannot listen in " + place.folder(),
                    String.valueOf(e.getMessage()),
                    "make the folder writable, or choose another --home",
                    e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            log.warn().cause(e).log("a part did not close");
        } finally {
            parts.mounts().close();
            parts.shelf().close();
            parts.unmountUnused();
        }
    }

    private void end(Activity activity, VfsServer server) {
        try {
            activity.awaitRetirement();
        } catch (InterruptedException _) {
            log.info().log("told to stop by a signal");
            activity.retire();
        }
        log.info().with("mounts", parts.mounts().active().size()).log("stopping");
        try {
            if (!activity.drain(GRACE)) {
                log.warn().log("gave up waiting for calls");
            }
        } catch (InterruptedException _) {
            log.warn().log("told to stop twice: not waiting for calls");
        }
        server.close(Duration.ofSeconds(1));
    }

    private static void onlyMine(Path socket) throws IOException {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    }
}
