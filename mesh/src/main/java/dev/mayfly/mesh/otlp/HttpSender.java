package dev.mayfly.mesh.otlp;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.proto.otlp.ExportMetricsPartialSuccess;
import dev.mayfly.proto.otlp.ExportMetricsServiceRequest;
import dev.mayfly.proto.otlp.ExportMetricsServiceResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** OTLP over HTTP/1.1, as binary protobuf. */
final class HttpSender implements Sender {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final int OK = 200;

    private final HttpClient client;
    private final HttpRequest.Builder request;

    HttpSender(Collector to, Duration patience) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NEVER);
        to.authority().ifPresent(file -> builder.sslContext(trusting(file)));
        client = builder.build();
        try {
            request = HttpRequest.newBuilder(new URI(to.toString()))
                    .timeout(patience)
                    .header("Content-Type", PROTOBUF);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("it was read from one", e);
        }
        to.token().ifPresent(token -> request.header(Token.HEADER, token.header()));
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + count++, each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new MayflyException(
                    ErrorCode.CERTIFICATE_UNUSABLE,
                    "a certificate cannot be used",
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "see that this is a PEM file with certificates: " + file,
                    e);
        }
    }

    @Override
    public String send(ExportMetricsServiceRequest metrics) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(
                request.copy()
                        .POST(BodyPublishers.ofByteArray(metrics.toByteArray()))
                        .build(),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() != OK) {
            throw new IOException("the collector answers with status " + answer.statusCode());
        }
        if (!answer.headers().firstValue("Content-Type").orElse("").startsWith(PROTOBUF)) {
            return "";
        }
        ExportMetricsPartialSuccess taken =
                ExportMetricsServiceResponse.parseFrom(answer.body()).getPartialSuccess();
        return refused(taken);
    }

    static String refused(ExportMetricsPartialSuccess taken) {
        return taken.getRejectedDataPoints() > 0
                ? taken.getRejectedDataPoints() + " points were refused: " + taken.getErrorMessage()
                : "";
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
