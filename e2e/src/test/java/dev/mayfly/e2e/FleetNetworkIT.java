package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent says of the network of its runners. What they reach is shown where they are made. */
class FleetNetworkIT {
    @TempDir
    Path temp;

    private Program agent(String... words) {
        List<String> all = new ArrayList<>(List.of("fleet", "agent", "--backend", "slot"));
        all.addAll(List.of(words));
        return Program.mayfly(temp.resolve("home"), all.toArray(String[]::new));
    }

    @Test
    void what_cannot_be_a_network_is_refused_and_what_this_host_cannot_have_is_said() {
        Ended name = agent("--network", "internet,github.com").run();
        assertThat(name.exitCode()).isEqualTo(64);
        assertThat(name.err()).contains("error ", "github.com", "names change their addresses", "fix: ");
        Ended setting = agent().with("MAYFLY_FLEET_NETWORK", "10.20.0.1/16").run();
        assertThat(setting.exitCode()).isEqualTo(64);
        assertThat(setting.err()).contains("fleet.network", "10.20.0.1/16");

        Needs.linux();
        Ended asked =
                agent("--network", "internet").with("MAYFLY_SLOT", "/bin/false").run();
        assertThat(asked.exitCode()).isEqualTo(69);
        assertThat(asked.err())
                .contains("cannot have the network internet", "/bin/false ended with 1", "fix: ", "--network none");
        Ended left = agent().with("MAYFLY_SLOT", "/bin/false").run();
        assertThat(left.err()).contains("runners have no network: /bin/false ended with 1");
        assertThat(agent("--network", "none").run().err()).doesNotContain("runners have", "runners reach");
    }
}
