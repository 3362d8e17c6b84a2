package dev.mayfly.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.proto.vfs.HealthCheckReply;
import dev.mayfly.proto.vfs.HealthCheckRequest;
import dev.mayfly.proto.vfs.MountReply;
import dev.mayfly.proto.vfs.MountRequest;
import dev.mayfly.proto.vfs.ShutdownReply;
import dev.mayfly.proto.vfs.ShutdownRequest;
import dev.mayfly.proto.vfs.StatusReply;
import dev.mayfly.proto.vfs.StatusRequest;
import dev.mayfly.proto.vfs.VfsServiceGrpc;
import dev.mayfly.proto.vfs.VfsServiceGrpc.VfsServiceBlockingV2Stub;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.lang.ref.Reference;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A connection to the service of environments. */
public final class VfsClient implements AutoCloseable {
    /** Looks are answered at once; more than this, twice, means that nobody is able to. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    /** To write the image of a large stack takes a while. */
    private static final Duration MOUNT = Duration.ofMinutes(10);

    private final Path socket;
    private final EventLoopGroup loops;
    private final ManagedChannel channel;
    private final VfsServiceBlockingV2Stub stub;
    private final QuietBootstrap quiet;

    private VfsClient(Path socket, EventLoopGroup loops, ManagedChannel channel, QuietBootstrap quiet) {
        this.quiet = quiet;
        this.socket = socket;
        this.loops = loops;
        this.channel = channel;
        this.stub = VfsServiceGrpc.newBlockingV2Stub(channel);
    }

    /** Without asking whether anybody is there: that shows at the first call. */
    public static VfsClient of(Path socket) {
        QuietBootstrap quiet = new QuietBootstrap();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ManagedChannel channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(loops)
                .overrideAuthority("localhost")
                .usePlaintext()
                .disableRetry()
                .build();
        return new VfsClient(socket, loops, channel, quiet);
    }

    /** @throws MayflyException {@code ENV_SERVICE_UNREACHABLE}, {@code ENV_SERVICE_SKEW} */
    public Health health() {
        HealthCheckReply reply = look(with -> with.healthCheck(HealthCheckRequest.getDefaultInstance()));
        if (reply.getProtocol() != VfsEndpoint.PROTOCOL) {
            throw skew("it speaks version " + Integer.toUnsignedString(reply.getProtocol())
                    + " of the protocol, and this program version " + VfsEndpoint.PROTOCOL);
        }
        return new Health(reply.getHealthy(), reply.getVersion(), Duration.ofSeconds(reply.getUptimeSeconds()));
    }

    /**
     * @param rootPid the process that the view is for
     * @param runtimeName empty to leave the choice to the service
     * @throws MayflyException also with what the service says: {@code REF_UNKNOWN}, {@code VIEW_UNAVAILABLE}, {@code
     *     PROCESS_UNKNOWN} and others
     */
    public MountAnswer mount(long rootPid, String envSpec, boolean editable, String runtimeName) {
        MountReply reply = ask(
                MOUNT,
                with -> with.mount(MountRequest.newBuilder()
                        .setRootPid((int) rootPid)
                        .setEnvSpec(envSpec)
                        .setEditable(editable)
                        .setRuntimeName(runtimeName)
                        .build()));
        return new MountAnswer(
                reply.getRuntimeName(),
                Path.of(reply.getPath()),
                reply.getFrontEnd(),
                reply.getCached(),
                reply.getLayersList().stream()
                        .map(bytes -> Digest.at(bytes.toByteArray(), 0))
                        .toList());
    }

    public ServiceState status() {
        StatusReply reply = look(with -> with.status(StatusRequest.getDefaultInstance()));
        return new ServiceState(
                Integer.toUnsignedLong(reply.getPid()),
                reply.getVersion(),
                Duration.ofSeconds(reply.getUptimeSeconds()),
                reply.getMountsList().stream()
                        .map(each -> new ActiveMount(
                                new LiveProcess(Integer.toUnsignedLong(each.getRootPid()), each.getRootStart()),
                                each.getEnvSpec(),
                                each.getEditable(),
                                each.getRuntimeName(),
                                each.getFrontEnd(),
                                Path.of(each.getPath()),
                                Instant.ofEpochSecond(each.getSince())))
                        .toList(),
                new CacheCounts(
                        reply.getCache().getCacheHits(),
                        reply.getCache().getCacheMisses(),
                        reply.getCache().getViews()));
    }

    /** Returns when the service has been told; it ends a moment later. */
    public void shutdown() {
        ShutdownReply _ = look(with -> with.shutdown(ShutdownRequest.getDefaultInstance()));
    }

    private interface Call<T> {
        T on(VfsServiceBlockingV2Stub stub) throws StatusException;
    }

    /**
     * Time goes by for us, too: on a busy machine the first look can be over before this JVM has read the classes that it
     * takes. So one that nobody answered is made again.
     */
    private <T> T look(Call<T> call) {
        try {
            return answer(LOOK, call);
        } catch (StatusException e) {
            if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
                throw failure(e);
            }
        }
        return ask(LOOK, call);
    }

    private <T> T ask(Duration limit, Call<T> call) {
        try {
            return answer(limit, call);
        } catch (StatusException e) {
            throw failure(e);
        }
    }

    private <T> T answer(Duration limit, Call<T> call) throws StatusException {
        return call.on(stub.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS));
    }

    private MayflyException failure(StatusException e) {
        Optional<MayflyException> said = LocalStatuses.fromWire(e);
        if (said.isPresent()) {
            return said.get();
        }
        if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
            return skew("it does not know the call");
        }
        return new MayflyException(
                ErrorCode.ENV_SERVICE_UNREACHABLE,
                "the service of environments does not answer at " + socket,
                e.getStatus().getCode() + " "
                        + Optional.ofNullable(e.getStatus().getCause())
                                .map(Throwable::getMessage)
                                .or(() -> Optional.ofNullable(e.getStatus().getDescription()))
                                .orElse(""),
                "mayfly env service start; what the last one said is in " + socket.resolveSibling("env.log"),
                e);
    }

    private MayflyException skew(String why) {
        return new MayflyException(
                ErrorCode.ENV_SERVICE_SKEW,
                "the service of environments at " + socket + " is of another version than this program",
                why,
                "mayfly env service stop && mayfly env service start   # what runs in environments goes on");
    }

    @Override
    public void close() {
        try {
            channel.shutdownNow();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        } finally {
            Reference.reachabilityFence(quiet);
        }
    }
}
