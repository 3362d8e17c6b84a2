package dev.mayfly.mesh.otlp;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where metrics are pushed to.
 *
 * @param path of HTTP, for gRPC empty
 * @param authority who must have signed the collector's certificate; that of this machine when left out
 * @param token that is said with each push
 */
public record Collector(
        Scheme scheme, String host, int port, String path, Optional<Path> authority, Optional<Token> token) {
    private static final int HTTP_PORT = 4318;
    private static final int GRPC_PORT = 4317;
    private static final String METRICS = "/v1/metrics";

    /** How it is spoken to. */
    public enum Scheme {
        HTTP,
        HTTPS,
        GRPC,
        GRPCS;

        boolean grpc() {
            return this == GRPC || this == GRPCS;
        }

        boolean secret() {
            return this == HTTPS || this == GRPCS;
        }
    }

    /**
     * {@code http://collector:4318}, {@code https://…/a/path/v1/metrics}, {@code grpc://collector:4317}, {@code grpcs://…}.
     * Without a port the usual one is meant, and without a path, of HTTP, the usual one.
     *
     * @throws MayflyException {@code CONFIGURATION_INVALID}
     */
    public static Collector parse(String text, Optional<Path> authority, Optional<Token> token) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toUpperCase(Locale.ROOT);
            String host = uri.getHost();
            String path = uri.getPath() == null ? "" : uri.getPath();
            Scheme how = Scheme.valueOf(scheme);
            boolean plainPath = path.isEmpty() || path.equals("/");
            if (host == null
                    || uri.getRawUserInfo() != null
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null
                    || how.grpc() && !plainPath) {
                throw invalid(text);
            }
            int usual = how.grpc() ? GRPC_PORT : HTTP_PORT;
            return new Collector(
                    how,
                    host,
                    uri.getPort() < 0 ? usual : uri.getPort(),
                    how.grpc() ? "" : plainPath ? METRICS : path,
                    authority,
                    token);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw invalid(text);
        }
    }

    private static MayflyException invalid(String text) {
        return new MayflyException(
                ErrorCode.CONFIGURATION_INVALID,
                "mesh.otlp does not understand '" + text + "'",
                "it takes http, https, grpc or grpcs, a host, a port unless it is the usual one, and with http a path",
                "for example: http://collector:4318 or grpc://collector:4317");
    }

    @Override
    public String toString() {
        return scheme.name().toLowerCase(Locale.ROOT) + "://" + host + ":" + port + path;
    }
}
