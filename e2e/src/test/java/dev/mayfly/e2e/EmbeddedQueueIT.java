package dev.mayfly.e2e;

import dev.mayfly.e2e.faults.EmbeddedFarm;
import java.nio.file.Path;
import java.util.Map;

class EmbeddedQueueIT extends QueuePoints {
    @Override
    Map<String, String> engine() {
        return Map.of("MAYFLY_QUEUE", "embedded");
    }

    @Override
    void publishRaw(Path home, byte[] body) {
        try (EmbeddedFarm farm = new EmbeddedFarm(home)) {
            farm.publishRaw(body);
        }
    }
}
