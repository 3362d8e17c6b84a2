package dev.mayfly.fleet.plugin;

import com.google.protobuf.Empty;
import dev.mayfly.proto.goplugin.ConnInfo;
import dev.mayfly.proto.goplugin.GRPCBrokerGrpc;
import dev.mayfly.proto.goplugin.GRPCControllerGrpc;
import dev.mayfly.proto.goplugin.GRPCStdioGrpc;
import dev.mayfly.proto.goplugin.StdioData;
import dev.mayfly.proto.health.HealthCheckRequest;
import dev.mayfly.proto.health.HealthCheckResponse;
import dev.mayfly.proto.health.HealthCheckResponse.ServingStatus;
import dev.mayfly.proto.health.HealthGrpc;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** What every plugin of go-plugin offers beside its own service. */
final class HostServices {
    private HostServices() {}

    /** @param end called when the host is done with this plugin */
    static List<BindableService> all(Runnable end) {
        return List.of(new Health(), new Controller(end), new Stdio(), new Broker());
    }

    /** go-plugin asks for the service "plugin" by this name. */
    private static final class Health extends HealthGrpc.HealthImplBase {
        private static boolean known(HealthCheckRequest request) {
            return request.getService().equals("plugin") || request.getService().isEmpty();
        }

        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> host) {
            if (!known(request)) {
                host.onError(Status.NOT_FOUND.withDescription("unknown service").asRuntimeException());
                return;
            }
            host.onNext(HealthCheckResponse.newBuilder()
                    .setStatus(ServingStatus.SERVING)
                    .build());
            host.onCompleted();
        }

        /** Stays open, because the status does not change. */
        @Override
        public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> host) {
            host.onNext(HealthCheckResponse.newBuilder()
                    .setStatus(known(request) ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN)
                    .build());
        }
    }

    /** Without it the host waits two seconds before it kills the plugin, at each call. */
    private static final class Controller extends GRPCControllerGrpc.GRPCControllerImplBase {
        private final Runnable end;

        Controller(Runnable end) {
            this.end = end;
        }

        @Override
        public void shutdown(
                dev.mayfly.proto.goplugin.Empty request, StreamObserver<dev.mayfly.proto.goplugin.Empty> host) {
            host.onNext(dev.mayfly.proto.goplugin.Empty.getDefaultInstance());
            host.onCompleted();
            end.run();
        }
    }

    /** Held open: this plugin writes nothing after its line but to stderr, which the host reads itself. */
    private static final class Stdio extends GRPCStdioGrpc.GRPCStdioImplBase {
        @Override
        public void streamStdio(Empty request, StreamObserver<StdioData> host) {
            // Ends with the connection.
        }
    }

    /** Held open: this plugin asks for no further connections. */
    private static final class Broker extends GRPCBrokerGrpc.GRPCBrokerImplBase {
        @Override
        public StreamObserver<ConnInfo> startStream(StreamObserver<ConnInfo> host) {
            return new StreamObserver<>() {
                @Override
                public void onNext(ConnInfo connection) {
                    // Nobody here waits for one.
                }

                @Override
                public void onError(Throwable failure) {
                    // The host has gone.
                }

                @Override
                public void onCompleted() {
                    host.onCompleted();
                }
            };
        }
    }
}
