package dev.mayfly.env.service;

import com.google.protobuf.ByteString;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.service.Environments.Wanted;
import dev.mayfly.proto.vfs.CacheStats;
import dev.mayfly.proto.vfs.HealthCheckReply;
import dev.mayfly.proto.vfs.HealthCheckRequest;
import dev.mayfly.proto.vfs.MountInfo;
import dev.mayfly.proto.vfs.MountReply;
import dev.mayfly.proto.vfs.MountRequest;
import dev.mayfly.proto.vfs.ShutdownReply;
import dev.mayfly.proto.vfs.ShutdownRequest;
import dev.mayfly.proto.vfs.StatusReply;
import dev.mayfly.proto.vfs.StatusRequest;
import dev.mayfly.proto.vfs.VfsServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** The calls of {@code vfs.proto}. */
public final class VfsEndpoint extends VfsServiceGrpc.VfsServiceImplBase {
    /** Raised when an old client could misunderstand a new service. */
    public static final int PROTOCOL = 1;

    private final Environments environments;
    private final ViewShelf shelf;
    private final Mounts mounts;
    private final Activity activity;
    private final String version;
    private final IdSource ids;
    private final Clock clock;
    private final Log log;
    private final Instant started;

    public VfsEndpoint(
            Environments environments,
            ViewShelf shelf,
            Mounts mounts,
            Activity activity,
            String version,
            IdSource ids,
            Clock clock,
            Log log) {
        this.environments = environments;
        this.shelf = shelf;
        this.mounts = mounts;
        this.activity = activity;
        this.version = version;
        this.ids = ids;
        this.clock = clock;
        this.log = log;
        this.started = clock.instant();
    }

    @Override
    public void mount(MountRequest request, StreamObserver<MountReply> replies) {
        answer(replies, "mount", () -> {
            try (Activity.Work _ = activity.enter().orElseThrow(VfsEndpoint::ending)) {
                return mounted(request);
            }
        });
    }

    private MountReply mounted(MountRequest request) {
        String name = request.getRuntimeName().isEmpty() ? ids.next() : named(request.getRuntimeName());
        Wanted wanted = environments.find(request.getEnvSpec());
        ViewShelf.Use use = shelf.take(wanted);
        boolean added = false;
        try {
            LiveProcess root = RootProcess.require(Integer.toUnsignedLong(request.getRootPid()));
            mounts.add(
                    new ActiveMount(
                            root,
                            request.getEnvSpec(),
                            request.getEditable(),
                            name,
                            wanted.frontEnd(),
                            use.path(),
                            clock.instant()),
                    use::close);
            added = true;
        } finally {
            if (!added) {
                use.close();
            }
        }
        MountReply.Builder reply = MountReply.newBuilder()
                .setRuntimeName(name)
                .setPath(use.path().toString())
                .setFrontEnd(wanted.frontEnd())
                .setCached(use.hit());
        wanted.layers().forEach(layer -> reply.addLayers(ByteString.copyFrom(layer.bytes())));
        return reply.build();
    }

    private static String named(String typed) {
        try {
            return new RuntimeId(typed).text();
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "a runtime cannot have this name",
                    String.valueOf(e.getMessage()),
                    "use up to 64 letters, digits, '-', '_' and '.'",
                    e);
        }
    }

    /** Answered first: afterwards nobody may be there to answer. */
    @Override
    public void shutdown(ShutdownRequest request, StreamObserver<ShutdownReply> replies) {
        answer(replies, "shutdown", ShutdownReply::getDefaultInstance);
        log.info().log("told to stop by a call");
        activity.retire();
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusReply> replies) {
        answer(replies, "status", () -> {
            StatusReply.Builder reply = StatusReply.newBuilder()
                    .setVersion(version)
                    .setUptimeSeconds(uptime().toSeconds())
                    .setPid((int) ProcessHandle.current().pid())
                    .setCache(cache());
            mounts.active().forEach(each -> reply.addMounts(info(each)));
            return reply.setActiveMounts(reply.getMountsCount()).build();
        });
    }

    private CacheStats cache() {
        CacheCounts counts = shelf.counts();
        return CacheStats.newBuilder()
                .setLookupCount(counts.lookups())
                .setCacheHits(counts.hits())
                .setCacheMisses(counts.misses())
                .setHitRate(counts.hitRate())
                .setViews(counts.views())
                .build();
    }

    private static MountInfo info(ActiveMount mount) {
        return MountInfo.newBuilder()
                .setRootPid((int) mount.root().pid())
                .setRootStart(mount.root().start())
                .setEnvSpec(mount.envSpec())
                .setEditable(mount.editable())
                .setRuntimeName(mount.runtimeName())
                .setFrontEnd(mount.frontEnd())
                .setPath(mount.view().toString())
                .setSince(mount.since().getEpochSecond())
                .build();
    }

    @Override
    public void healthCheck(HealthCheckRequest request, StreamObserver<HealthCheckReply> replies) {
        answer(
                replies,
                "health",
                () -> HealthCheckReply.newBuilder()
                        .setHealthy(!activity.retired())
                        .setVersion(version)
                        .setUptimeSeconds(uptime().toSeconds())
                        .setProtocol(PROTOCOL)
                        .build());
    }

    private Duration uptime() {
        return Duration.between(started, clock.instant());
    }

    /** For calls that come while the service ends; the next service will take them. */
    public static MayflyException ending() {
        return new MayflyException(
                ErrorCode.SERVICE_BUSY,
                "the service of environments takes no more work",
                "it is ending",
                "try again: mayfly env service start");
    }

    private <T> void answer(StreamObserver<T> replies, String call, Supplier<T> work) {
        try {
            replies.onNext(work.get());
            replies.onCompleted();
        } catch (MayflyException e) {
            log.warn()
                    .with("call", call)
                    .with("code", e.code().label())
                    .with("what", e.what())
                    .with("why", e.why())
                    .log("call failed");
            replies.onError(LocalStatuses.toWire(e));
        } catch (RuntimeException e) {
            log.error().with("call", call).cause(e).log("call failed unexpectedly");
            replies.onError(Status.INTERNAL
                    .withDescription("the service failed; see its log")
                    .asRuntimeException());
        }
    }
}
