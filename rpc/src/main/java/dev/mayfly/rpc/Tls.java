package dev.mayfly.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Certificates of one end, in PEM. An end that has none speaks no TLS.
 *
 * @param own what this end shows: needed by a server, shown by a client when it is asked
 * @param otherCa who must have signed the other end's: for a client that of the server, without which it believes the
 *     authorities of this machine; for a server that of its clients, without which it asks them for none
 */
public record Tls(Optional<Own> own, Optional<Path> otherCa) {
    public static final Tls NONE = new Tls(Optional.empty(), Optional.empty());

    /** @param key in PKCS #8, not encrypted */
    public record Own(Path certificate, Path key) {
        public Own {
            Objects.requireNonNull(certificate, "certificate");
            Objects.requireNonNull(key, "key");
        }
    }

    public Tls {
        Objects.requireNonNull(own, "own");
        Objects.requireNonNull(otherCa, "otherCa");
    }

    /** Whether a server asks its clients for certificates. */
    public boolean asksClients() {
        return own.isPresent() && otherCa.isPresent();
    }

    /**
     * A server that is to listen there.
     *
     * @throws MayflyException {@code CERTIFICATE_UNUSABLE}
     */
    public NettyServerBuilder server(InetSocketAddress at) {
        try {
            return NettyServerBuilder.forAddress(at, ofServer());
        } catch (IOException | IllegalArgumentException e) {
            throw unusable(e);
        }
    }

    /**
     * A connection that is to be made.
     *
     * @throws MayflyException {@code CERTIFICATE_UNUSABLE}
     */
    public NettyChannelBuilder channel(String host, int port) {
        try {
            return NettyChannelBuilder.forAddress(host, port, ofClient());
        } catch (IOException | IllegalArgumentException e) {
            throw unusable(e);
        }
    }

    private ServerCredentials ofServer() throws IOException {
        if (own.isEmpty()) {
            return InsecureServerCredentials.create();
        }
        TlsServerCredentials.Builder builder = TlsServerCredentials.newBuilder()
                .keyManager(own.get().certificate().toFile(), own.get().key().toFile());
        if (otherCa.isPresent()) {
            builder.trustManager(otherCa.get().toFile()).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
        }
        return builder.build();
    }

    private ChannelCredentials ofClient() throws IOException {
        if (equals(NONE)) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        if (otherCa.isPresent()) {
            builder.trustManager(otherCa.get().toFile());
        }
        if (own.isPresent()) {
            builder.keyManager(own.get().certificate().toFile(), own.get().key().toFile());
        }
        return builder.build();
    }

    private MayflyException unusable(Exception cause) {
        String files = Stream.concat(
                        own.stream().flatMap(each -> Stream.of(each.certificate(), each.key())), otherCa.stream())
                .map(Path::toString)
                .collect(Collectors.joining(", "));
        return new MayflyException(
                ErrorCode.CERTIFICATE_UNUSABLE,
                "a certificate or key cannot be used",
                cause.getClass().getSimpleName() + ": " + cause.getMessage(),
                "see that these are PEM files, keys in PKCS #8 without a password: " + files,
                cause);
    }
}
