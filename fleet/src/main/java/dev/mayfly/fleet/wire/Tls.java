package dev.mayfly.fleet.wire;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Certificates of one end, in PEM.
 *
 * @param own what this end shows: needed by a server, shown by a client when it is asked
 * @param otherCa who must have signed the other end's: for a client that of the server, without which it speaks no TLS; for a
 *     server that of its clients, without which it asks them for none
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

    /** @throws MayflyException {@code CERTIFICATE_UNUSABLE} */
    public ServerCredentials ofServer() {
        if (own.isEmpty()) {
            return InsecureServerCredentials.create();
        }
        try {
            TlsServerCredentials.Builder builder = TlsServerCredentials.newBuilder()
                    .keyManager(
                            own.get().certificate().toFile(), own.get().key().toFile());
            if (otherCa.isPresent()) {
                builder.trustManager(otherCa.get().toFile()).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
            }
            return builder.build();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** @throws MayflyException {@code CERTIFICATE_UNUSABLE} */
    public ChannelCredentials ofClient() {
        if (otherCa.isEmpty()) {
            return InsecureChannelCredentials.create();
        }
        try {
            TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder()
                    .trustManager(otherCa.get().toFile());
            if (own.isPresent()) {
                builder.keyManager(
                        own.get().certificate().toFile(), own.get().key().toFile());
            }
            return builder.build();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    public static MayflyException unusable(Exception cause) {
        return new MayflyException(
                ErrorCode.CERTIFICATE_UNUSABLE,
                "a certificate or key of the fleet cannot be used",
                cause.getClass().getSimpleName() + ": " + cause.getMessage(),
                "see that fleet.tls-cert, fleet.tls-key (PKCS #8), fleet.tls-ca and fleet.tls-client-ca name PEM files",
                cause);
    }
}
