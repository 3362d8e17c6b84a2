package dev.mayfly.mesh.otlp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.mayfly.rpc.Authorization;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/** Takes metrics over HTTP, HTTPS or gRPC. */
final class PlayedCollector implements AutoCloseable {
    private final BlockingQueue<Push> pushes = new LinkedBlockingQueue<>();
    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicLong refusing = new AtomicLong();
    private Runnable end = () -> {};
    private int port;

    /** @param how path and type of content, over gRPC the method */
    record Push(ExportMetricsServiceRequest metrics, String how, String authorization) {}

    static PlayedCollector http(Optional<SSLContext> secret) throws IOException {
        PlayedCollector made = new PlayedCollector();
        InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer server;
        if (secret.isPresent()) {
            HttpsServer https = HttpsServer.create(at, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(secret.get()));
            server = https;
        } else {
            server = HttpServer.create(at, 0);
        }
        server.createContext("/", made::answer);
        server.start();
        made.port = server.getAddress().getPort();
        made.end = () -> server.stop(0);
        return made;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (status.get() != 200) {
                exchange.sendResponseHeaders(status.get(), -1);
                return;
            }
            pushes.add(new Push(
                    ExportMetricsServiceRequest.parseFrom(body),
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " "
                            + exchange.getRequestHeaders().getFirst("Content-Type"),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
            byte[] answer = response();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private byte[] response() {
        long points = refusing.get();
        return points == 0
                ? new byte[0]
                : ExportMetricsServiceResponse.newBuilder()
                        .setPartialSuccess(ExportMetricsPartialSuccess.newBuilder()
                                .setRejectedDataPoints(points)
                                .setErrorMessage("too many series"))
                        .build()
                        .toByteArray();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static PlayedCollector grpc() throws IOException {
        PlayedCollector made = new PlayedCollector();
        String service = "opentelemetry.proto.collector.metrics.v1.MetricsService";
        MethodDescriptor<byte[], byte[]> export = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setFullMethodName(service + "/Export")
                .setType(MethodDescriptor.MethodType.UNARY)
                .build();
        LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .intercept(new ServerInterceptor() {
                    @Override
                    public <A, B> ServerCall.Listener<A> interceptCall(
                            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
                        said.add(Authorization.of(headers).orElse("null"));
                        return next.startCall(call, headers);
                    }
                })
                .addService(ServerServiceDefinition.builder(service)
                        .addMethod(export, ServerCalls.asyncUnaryCall((body, answer) -> {
                            try {
                                made.pushes.add(new Push(
                                        ExportMetricsServiceRequest.parseFrom(body),
                                        export.getFullMethodName(),
                                        said.remove()));
                                answer.onNext(made.response());
                                answer.onCompleted();
                            } catch (IOException e) {
                                answer.onError(e);
                            }
                        }))
                        .build())
                .build()
                .start();
        made.port = server.getPort();
        made.end = server::shutdownNow;
        return made;
    }

    int port() {
        return port;
    }

    /** What it says to all pushes from now on. */
    void answers(int newStatus) {
        status.set(newStatus);
    }

    void refuses(long points) {
        refusing.set(points);
    }

    Push next() throws InterruptedException {
        Push push = pushes.poll(Duration.ofSeconds(60).toSeconds(), TimeUnit.SECONDS);
        if (push == null) {
            throw new AssertionError("nothing was pushed");
        }
        return push;
    }

    @Override
    public void close() {
        end.run();
    }
}
