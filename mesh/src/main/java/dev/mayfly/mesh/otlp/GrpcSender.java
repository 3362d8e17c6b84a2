package dev.mayfly.mesh.otlp;

import dev.mayfly.proto.otlp.ExportMetricsServiceRequest;
import dev.mayfly.proto.otlp.MetricsServiceGrpc;
import dev.mayfly.rpc.Credentials;
import dev.mayfly.rpc.Tls;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** OTLP over gRPC. */
final class GrpcSender implements Sender {
    private final ManagedChannel channel;
    private final Duration patience;

    GrpcSender(Collector to, Duration patience) {
        this.patience = patience;
        NettyChannelBuilder builder = to.scheme().secret() && to.authority().isEmpty()
                ? NettyChannelBuilder.forAddress(to.host(), to.port(), TlsChannelCredentials.create())
                : new Tls(Optional.empty(), to.scheme().secret() ? to.authority() : Optional.empty())
                        .channel(to.host(), to.port());
        to.token().ifPresent(token -> builder.intercept(new Credentials(token)));
        channel = builder.disableRetry().build();
    }

    @Override
    public String send(ExportMetricsServiceRequest metrics) throws IOException, InterruptedException {
        try {
            return HttpSender.refused(MetricsServiceGrpc.newBlockingV2Stub(channel)
                    .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .export(metrics)
                    .getPartialSuccess());
        } catch (StatusException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("told to end");
            }
            throw new IOException("the collector is not reached or says no: " + e.getStatus(), e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
