package dev.mayfly.fleet.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.remote.ServerAddress;
import dev.mayfly.proto.fleet.shoes.AddInstanceRequest;
import dev.mayfly.proto.fleet.shoes.AddInstanceResponse;
import dev.mayfly.proto.fleet.shoes.DeleteInstanceRequest;
import dev.mayfly.proto.fleet.shoes.DeleteInstanceResponse;
import dev.mayfly.proto.fleet.shoes.ShoesServiceGrpc;
import dev.mayfly.rpc.Tls;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host that knows the protocol of go-plugin and myshoes by its bytes alone, and a server that notes what it is asked. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShoesPluginTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "SHOES_PLUGIN_MAGIC_COOKIE", "are_you_a_shoes?",
            "PLUGIN_PROTOCOL_VERSIONS", "1",
            "PLUGIN_MIN_PORT", "10000",
            "PLUGIN_MAX_PORT", "25000");

    private final List<Object> asked = new ArrayList<>();
    private Optional<Status> refusal = Optional.empty();
    private Server fleet;
    private ShoesPlugin plugin;
    private ManagedChannel host;

    @BeforeEach
    void start() throws IOException {
        fleet = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Fleet())
                .build()
                .start();
        plugin = ShoesPlugin.start(
                ENVIRONMENT,
                new ServerAddress("127.0.0.1", fleet.getPort(), Optional.empty(), Tls.NONE),
                new Random(1));
        String[] line = plugin.line().split("\\|", -1);
        assertThat(line).hasSize(5);
        assertThat(List.of(line[0], line[1], line[2], line[4])).containsExactly("1", "1", "tcp", "grpc");
        int port = Integer.parseInt(line[3].substring("127.0.0.1:".length()));
        assertThat(port).isBetween(10_000, 25_000);
        // As go-plugin dials: without TLS, and under the name "unused".
        host = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .overrideAuthority("unused")
                .build();
    }

    @AfterEach
    void end() throws InterruptedException {
        host.shutdownNow();
        plugin.close();
        fleet.shutdownNow();
        assertThat(fleet.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    }

    private final class Fleet extends ShoesServiceGrpc.ShoesServiceImplBase {
        @Override
        public void addInstance(AddInstanceRequest request, StreamObserver<AddInstanceResponse> caller) {
            asked.add(request);
            answer(
                    caller,
                    AddInstanceResponse.newBuilder()
                            .setCloudId("c1")
                            .setShoesType("shoes-vz")
                            .setIpAddress("10.0.0.9")
                            .setSshPort(2222)
                            .build());
        }

        @Override
        public void deleteInstance(DeleteInstanceRequest request, StreamObserver<DeleteInstanceResponse> caller) {
            asked.add(request);
            answer(caller, DeleteInstanceResponse.getDefaultInstance());
        }

        private <T> void answer(StreamObserver<T> caller, T answer) {
            if (refusal.isPresent()) {
                caller.onError(refusal.get().asRuntimeException());
            } else {
                caller.onNext(answer);
                caller.onCompleted();
            }
        }
    }

    /** Bytes as they are. */
    private enum Raw implements MethodDescriptor.Marshaller<byte[]> {
        BYTES;

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

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(Raw.BYTES, Raw.BYTES)
                .setFullMethodName(name)
                .setType(type)
                .build();
    }

    private String call(String name, String hex) {
        byte[] answer = ClientCalls.blockingUnaryCall(
                host,
                method(name, MethodDescriptor.MethodType.UNARY),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                HexFormat.of().parseHex(hex));
        return HexFormat.of().formatHex(answer);
    }

    /** A field with a length: strings. */
    private static String text(int field, String value) {
        return HexFormat.of().formatHex(new byte[] {(byte) (field << 3 | 2), (byte) value.length()})
                + HexFormat.of().formatHex(ByteString.copyFromUtf8(value).toByteArray());
    }

    @Test
    void an_instance_is_added_and_deleted_by_the_bytes_that_myshoes_sends() {
        // resource_type = 7, which myshoes calls 2xlarge.
        String request = text(1, "myshoes-1") + text(2, "echo hi") + "1807" + text(4, "self-hosted") + text(4, "gpu");
        assertThat(call("whywaita.myshoes.Shoes/AddInstance", request))
                .isEqualTo(text(1, "c1") + text(2, "shoes-vz") + text(3, "10.0.0.9") + "2007");
        assertThat(asked)
                .containsExactly(AddInstanceRequest.newBuilder()
                        .setRunnerName("myshoes-1")
                        .setSetupScript("echo hi")
                        .setResourceType("xlarge2")
                        .addLabels("self-hosted")
                        .addLabels("gpu")
                        .build());
        asked.clear();
        assertThat(call("whywaita.myshoes.Shoes/DeleteInstance", text(1, "c1") + text(2, "gpu")))
                .isEmpty();
        assertThat(asked)
                .containsExactly(
                        DeleteInstanceRequest.newBuilder().setCloudId("c1").build());
    }

    @Test
    void what_the_server_says_no_with_comes_through_because_myshoes_acts_on_it() {
        for (Status.Code code : List.of(
                Status.Code.NOT_FOUND, Status.Code.UNAVAILABLE, Status.Code.INTERNAL, Status.Code.INVALID_ARGUMENT)) {
            refusal = Optional.of(Status.fromCode(code).withDescription("because"));
            assertThatThrownBy(() -> call("whywaita.myshoes.Shoes/DeleteInstance", text(1, "c1")))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(code);
                        assertThat(e.getStatus().getDescription()).isEqualTo("because");
                    });
        }
        fleet.shutdownNow();
        assertThatThrownBy(() -> call("whywaita.myshoes.Shoes/AddInstance", text(1, "a") + "1803"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        assertThatThrownBy(() -> call("whywaita.myshoes.Shoes/AddInstance", text(1, "a") + "1863"))
                .as("a size that nobody will ever have")
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void it_is_well_keeps_its_streams_open_and_ends_when_it_is_told_to() throws Exception {
        assertThat(call("grpc.health.v1.Health/Check", text(1, "plugin"))).isEqualTo("0801");
        assertThatThrownBy(() -> call("grpc.health.v1.Health/Check", text(1, "other")))
                .hasMessageContaining("NOT_FOUND");
        Iterator<byte[]> output = ClientCalls.blockingServerStreamingCall(
                host,
                method("plugin.GRPCStdio/StreamStdio", MethodDescriptor.MethodType.SERVER_STREAMING),
                CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS),
                new byte[0]);
        assertThatThrownBy(output::hasNext).hasMessageContaining("DEADLINE_EXCEEDED");
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                plugin.awaitEnd();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(waiting.join(java.time.Duration.ofMillis(200))).isFalse();
        assertThat(call("plugin.GRPCController/Shutdown", "")).isEmpty();
        assertThat(waiting.join(java.time.Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void whoever_is_no_host_of_this_protocol_is_told_so() {
        ServerAddress nowhere = new ServerAddress("127.0.0.1", 1, Optional.empty(), Tls.NONE);
        assertThatThrownBy(() -> ShoesPlugin.start(Map.of(), nowhere, new Random(1)))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("SHOES_PLUGIN_MAGIC_COOKIE");
        Map<String, String> newer =
                Map.of("SHOES_PLUGIN_MAGIC_COOKIE", "are_you_a_shoes?", "PLUGIN_PROTOCOL_VERSIONS", "2,3");
        assertThatThrownBy(() -> ShoesPlugin.start(newer, nowhere, new Random(1)))
                .hasMessageContaining("2,3");
        Map<String, String> encrypted =
                Map.of("SHOES_PLUGIN_MAGIC_COOKIE", "are_you_a_shoes?", "PLUGIN_CLIENT_CERT", "-----BEGIN");
        assertThatThrownBy(() -> ShoesPlugin.start(encrypted, nowhere, new Random(1)))
                .hasMessageContaining("AutoMTLS");
    }
}
