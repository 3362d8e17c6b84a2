package dev.mayfly.env.repo.remote;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.proto.env.AboutReply;
import dev.mayfly.proto.env.AboutRequest;
import dev.mayfly.rpc.Credentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** A repository that a {@code RepositoryServer} serves. */
public final class RemoteRepository implements Repository {
    private static final int PROTOCOL = 2;
    private static final int HEADER_BYTES = 16 << 10;
    private static final long KEEP_ALIVE_SECONDS = 30;

    private final ManagedChannel channel;
    private final Wire wire;
    private final Objects objects;
    private final Payloads payloads;
    private final Tags tags;

    private RemoteRepository(ManagedChannel channel, Wire wire) {
        this.channel = channel;
        this.wire = wire;
        this.objects = new RemoteObjects(wire);
        this.payloads = new RemotePayloads(wire);
        this.tags = new RemoteTags(wire);
    }

    /** Without asking whether anybody is there: that shows at the first use. */
    public static RemoteRepository lazy(String host, int port, RemoteOptions options) {
        NettyChannelBuilder builder = options.tls()
                .channel(host, port)
                .maxInboundMessageSize(Pieces.MESSAGE)
                .maxInboundMetadataSize(HEADER_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .disableRetry();
        options.token().ifPresent(token -> builder.intercept(new Credentials(token)));
        ManagedChannel channel = builder.build();
        return new RemoteRepository(channel, new Wire(channel, host + ":" + port, options));
    }

    /** @throws MayflyException {@code REMOTE_UNREACHABLE}, {@code REPOSITORY_UNSUITABLE} */
    public static RemoteRepository connect(String host, int port, RemoteOptions options) {
        RemoteRepository repository = lazy(host, port, options);
        try {
            repository.ping();
            return repository;
        } catch (MayflyException e) {
            repository.close();
            throw e;
        }
    }

    /** Asks the server who it is. */
    public void ping() {
        AboutReply about = wire.ask(stub -> stub.about(AboutRequest.getDefaultInstance()));
        if (about.getProtocol() != PROTOCOL) {
            throw new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    "The repository " + address() + " cannot be used",
                    "it speaks version " + Integer.toUnsignedString(about.getProtocol())
                            + " of the protocol, and this program version " + PROTOCOL,
                    "Use the same release on both sides.");
        }
    }

    @Override
    public String address() {
        return wire.address();
    }

    @Override
    public Objects objects() {
        return objects;
    }

    @Override
    public Payloads payloads() {
        return payloads;
    }

    @Override
    public Tags tags() {
        return tags;
    }

    @Override
    public Ingest ingest() {
        return RemoteIngest.open(wire);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
