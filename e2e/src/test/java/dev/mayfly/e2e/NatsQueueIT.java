package dev.mayfly.e2e;

import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class NatsQueueIT extends QueuePoints {
    @TempDir
    Path serverFolder;

    private NatsServer server;

    @BeforeEach
    void startServer() throws IOException {
        Path binary = Needs.natsServer();
        server = NatsServer.start(binary, Files.createDirectory(serverFolder.resolve("nats")));
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    Map<String, String> engine() {
        return Map.of("NATS_URL", server.url(), "MAGICRUNE_REQUIRE_NATS", "1");
    }

    @Override
    void publishRaw(Path home, byte[] body) throws Exception {
        try (Connection connection = Nats.connect(server.url())) {
            connection.jetStream().publish("run.req.default", body);
        }
    }
}
