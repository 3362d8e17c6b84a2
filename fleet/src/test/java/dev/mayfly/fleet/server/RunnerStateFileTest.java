package dev.mayfly.fleet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.runner.RunnerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerStateFileTest {
    @TempDir
    Path folder;

    @Test
    void it_has_those_who_are_not_gone_and_no_scripts() throws IOException {
        Instant now = Instant.parse("2026-01-02T03:04:05Z");
        Wish wish = Wish.of("secret token", ResourceType.SMALL, Set.of());
        RunnerRecord here = RunnerRecord.wished(new RunnerId("shoes-vz-1"), new RunnerName("one"), wish, now);
        RunnerRecord gone = RunnerRecord.wished(new RunnerId("shoes-vz-2"), new RunnerName("two"), wish, now)
                .to(RunnerState.GONE, "done", now);
        Path file = folder.resolve("runner-state.json");
        new RunnerStateFile(file).write(List.of(gone, here), now);
        assertThat(file).hasContent("""
            {
              "format": 1,
              "updated_at": "2026-01-02T03:04:05Z",
              "runners": [
                {
                  "runner_id": "shoes-vz-1",
                  "runner_name": "one",
                  "state": "creating",
                  "since": "2026-01-02T03:04:05Z",
                  "resource_type": "small",
                  "agent_id": "",
                  "ip_address": "",
                  "ssh_port": 0,
                  "leaving": false,
                  "reason": ""
                }
              ]
            }
            """);
        assertThat(gone.wish().script()).isEmpty();
        new RunnerStateFile(file).write(List.of(), now);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
