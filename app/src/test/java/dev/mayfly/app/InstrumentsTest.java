package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.testkit.KeptLog;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstrumentsTest {
    @TempDir
    Path folder;

    private final KeptLog kept = new KeptLog();

    private Instruments service(Map<String, String> environment) {
        return new Instruments(
                Settings.of(new Surroundings(folder, Map.of(), environment), Settings.Role.SERVICE), kept.log());
    }

    @Test
    void what_is_reported_can_be_scraped_where_the_setting_says() throws Exception {
        try (Instruments instruments = service(Map.of("MAYFLY_METRICS_LISTEN", "127.0.0.1:0"));
                HttpClient client = HttpClient.newHttpClient()) {
            instruments.serve();
            instruments.metrics().duplicate();
            String page = client.send(
                            HttpRequest.newBuilder(URI.create(instruments.url().orElseThrow() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(page).contains("\nmayfly_queue_duplicates_total 1.0\n");
        }
    }

    @Test
    void off_means_that_nothing_listens() {
        try (Instruments instruments = service(Map.of("MAYFLY_METRICS_LISTEN", "off"))) {
            instruments.serve();
            assertThat(instruments.url()).isEmpty();
        }
    }

    @Test
    void an_address_that_was_asked_for_and_is_taken_is_an_error_with_a_fix() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Instruments instruments =
                        service(Map.of("MAYFLY_METRICS_LISTEN", "127.0.0.1:" + taken.getLocalPort()))) {
            assertThatExceptionOfType(MayflyException.class)
                    .isThrownBy(instruments::serve)
                    .satisfies(failure -> {
                        assertThat(failure.code()).isEqualTo(ErrorCode.LISTEN_FAILED);
                        assertThat(failure.what()).contains("127.0.0.1:" + taken.getLocalPort());
                        assertThat(failure.why()).contains("in use");
                        assertThat(failure.fix()).contains("metrics.listen");
                    });
        }
    }

    @Test
    void a_host_that_is_not_of_this_machine_is_the_same_error() {
        // From a block for documentation (RFC 5737), which no machine has.
        try (Instruments instruments = service(Map.of("MAYFLY_METRICS_LISTEN", "192.0.2.1:9464"))) {
            assertThatExceptionOfType(MayflyException.class)
                    .isThrownBy(instruments::serve)
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.LISTEN_FAILED));
        }
    }

    @Test
    void the_usual_address_may_be_taken_which_is_only_a_warning() throws IOException {
        try (ServerSocket taken = new ServerSocket();
                Instruments instruments = service(Map.of())) {
            try {
                taken.bind(new InetSocketAddress("127.0.0.1", 9464));
            } catch (BindException _) {
                // Somebody else has it, which serves as well.
            }
            instruments.serve();
            assertThat(instruments.url()).isEmpty();
            assertThat(kept.text())
                    .contains("WARN")
                    .contains("cannot serve metrics on 127.0.0.1:9464")
                    .contains("fix=");
        }
    }
}
