package dev.mayfly.testkit.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class NatsServerTest {
    @TempDir
    Path temp;

    private static String firstWords(NatsServer server) throws IOException {
        URI url = URI.create(server.url());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            socket.setSoTimeout(1000);
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void it_answers_when_it_has_started_and_leaves_no_process_when_closed() throws Exception {
        Path binary = Needs.natsServer();
        Leaks leaks = Leaks.snapshot(temp.toString());
        try (NatsServer server = NatsServer.start(binary, temp)) {
            assertThat(firstWords(server)).isEqualTo("INFO ");
            assertThat(ProcessHandle.of(server.pid())).isPresent();
            assertThat(server.store()).isDirectory().startsWith(temp);
        }
        leaks.assertUnchanged();
    }

    @Test
    void killed_it_is_gone_at_once_and_restarted_it_has_its_address_and_its_store() throws Exception {
        try (NatsServer server = NatsServer.start(Needs.natsServer(), temp)) {
            String url = server.url();
            long first = server.pid();
            assertThat(server.request("$JS.API.STREAM.CREATE.KEPT", "{\"name\":\"KEPT\",\"subjects\":[\"kept\"]}"))
                    .doesNotContain("error");
            server.kill9();
            assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
            assertThatThrownBy(() -> firstWords(server)).isInstanceOf(ConnectException.class);

            server.restart();
            assertThat(server.url()).isEqualTo(url);
            assertThat(server.pid()).isNotEqualTo(first);
            assertThat(firstWords(server)).isEqualTo("INFO ");
            assertThat(server.request("$JS.API.STREAM.NAMES", "")).contains("KEPT");
        }
    }

    @Test
    void a_living_one_is_restarted_too() throws Exception {
        try (NatsServer server = NatsServer.start(Needs.natsServer(), temp)) {
            long first = server.pid();
            server.restart();
            assertThat(server.pid()).isNotEqualTo(first);
            assertThat(firstWords(server)).isEqualTo("INFO ");
        }
    }

    @Test
    void paused_it_says_nothing_until_it_is_resumed() throws Exception {
        try (NatsServer server = NatsServer.start(Needs.natsServer(), temp)) {
            server.pause();
            assertThatThrownBy(() -> firstWords(server)).isInstanceOf(SocketTimeoutException.class);
            server.resume();
            assertThat(firstWords(server)).isEqualTo("INFO ");
            server.pause();
        }
        // That a paused one can be closed shows in getting here.
    }

    @Test
    void further_configuration_reaches_it() throws Exception {
        NatsOptions options = NatsOptions.plain()
                .jetStream("sync_interval: always")
                .config("max_payload: 65536")
                .withMonitor();
        try (NatsServer server = NatsServer.start(Needs.natsServer(), temp, options)) {
            assertThat(server.info()).contains("\"max_payload\":65536");
            try (var page = URI.create(server.monitorUrl() + "/jsz").toURL().openStream()) {
                assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("\"sync_always\": true");
            }
        }
    }

    @Test
    void one_that_does_not_start_says_what_it_said() {
        Path binary = Needs.natsServer();
        NatsOptions options = NatsOptions.plain().config("no_such_setting: 1");
        assertThatThrownBy(() -> NatsServer.start(binary, temp, options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no_such_setting");
    }

    @Test
    void two_have_addresses_of_their_own() throws Exception {
        Path binary = Needs.natsServer();
        try (NatsServer one = NatsServer.start(binary, Files.createDirectory(temp.resolve("one")));
                NatsServer two = NatsServer.start(binary, Files.createDirectory(temp.resolve("two")))) {
            assertThat(one.url()).isNotEqualTo(two.url());
        }
    }

    @Test
    void what_does_not_become_ready_is_ended() throws Exception {
        Path sleeper = temp.resolve("sleeper");
        Files.writeString(sleeper, "#!/bin/sh\nexec sleep 60\n");
        assertThat(sleeper.toFile().setExecutable(true)).isTrue();
        Leaks leaks = Leaks.snapshot(temp.toString());
        NatsOptions options = NatsOptions.plain().readyWithin(Duration.ofMillis(300));
        assertThatThrownBy(() -> NatsServer.start(sleeper, temp, options)).hasMessageContaining("not ready after");
        leaks.assertUnchanged();
    }
}
