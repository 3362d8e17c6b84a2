package dev.mayfly.testkit.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.ToolScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code nats-server.sh} with stand-ins for everything that it would fetch from elsewhere. */
@Timeout(60)
class NatsServerScriptTest {
    @TempDir
    Path folder;

    private Path provided;
    private Path tooOld;

    private ToolScript script;

    @BeforeEach
    void nothing_can_be_fetched() throws IOException {
        script = new ToolScript("nats-server.sh", "MAYFLY_NATS_SERVER", folder);
        provided = script.tool("nats-server");
        tooOld = script.tool("nats-server-old");
        script.program("bin/apt-get", "exit 100");
        script.program("bin/go", "exit 1");
        // One that the machine has must not answer for the test.
        script.program("bin/nats-server", "exit 1");
    }

    private static String version(String version) {
        return "echo 'nats-server: v" + version + "'";
    }

    @Test
    void the_one_on_the_path_is_taken() throws Exception {
        Path found = script.program("bin/nats-server", version("2.10.0"));
        assertThat(script.run("")).isEmpty();
        assertThat(provided.toRealPath()).isEqualTo(found.toRealPath());
        assertThat(tooOld).doesNotExist();
    }

    @Test
    void the_one_that_is_named_comes_first() throws Exception {
        script.program("bin/nats-server", version("2.11.1"));
        Path named = script.program("elsewhere/mine", version("3.0.0-beta.1"));
        assertThat(script.run(named.toString())).isEmpty();
        assertThat(provided.toRealPath()).isEqualTo(named.toRealPath());
    }

    @Test
    void one_that_is_too_old_is_kept_aside_and_a_newer_one_is_built() throws Exception {
        Path old = script.program("bin/nats-server", version("2.9.10"));
        script.program("built", version("2.15.2"));
        script.program(
                "bin/go", "echo $* >" + folder + "/asked; mkdir $GOBIN && cp " + folder + "/built $GOBIN/nats-server");
        assertThat(script.run("")).contains("building nats-server");
        assertThat(Files.readString(folder.resolve("asked")))
                .startsWith("install ")
                .contains("/v2@v2.");
        assertThat(Files.isRegularFile(provided, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(tooOld.toRealPath()).isEqualTo(old.toRealPath());

        script.program("bin/go", "exit 1");
        assertThat(script.run("")).as("built once").isEmpty();
    }

    @Test
    void where_none_can_be_had_it_says_so_and_provides_none() throws Exception {
        assertThat(script.run("/no/such/program")).contains("could not build nats-server");
        assertThat(provided).doesNotExist();
        assertThat(tooOld).doesNotExist();
    }
}
