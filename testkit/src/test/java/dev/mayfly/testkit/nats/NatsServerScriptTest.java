package dev.mayfly.testkit.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code nats-server.sh} with stand-ins for everything that it would fetch from elsewhere. */
@Timeout(60)
class NatsServerScriptTest {
    private static final Path SCRIPT = Path.of("src/main/sh/nats-server.sh").toAbsolutePath();

    @TempDir
    Path folder;

    private Path provided;
    private Path tooOld;

    @BeforeEach
    void nothing_can_be_fetched() throws IOException {
        provided = folder.resolve(".mayfly/tools/nats-server");
        tooOld = folder.resolve(".mayfly/tools/nats-server-old");
        program("bin/apt-get", "exit 100");
        program("bin/go", "exit 1");
        // One that the machine has must not answer for the test.
        program("bin/nats-server", "exit 1");
    }

    private Path program(String name, String script) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private static String version(String version) {
        return "echo 'nats-server: v" + version + "'";
    }

    private String run(String named) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", SCRIPT.toString(), folder.toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().put("MAYFLY_NATS_SERVER", named);
        Path said = folder.resolve("said");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("it never fails").isZero();
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    @Test
    void the_one_on_the_path_is_taken() throws Exception {
        Path found = program("bin/nats-server", version("2.10.0"));
        assertThat(run("")).isEmpty();
        assertThat(provided.toRealPath()).isEqualTo(found.toRealPath());
        assertThat(tooOld).doesNotExist();
    }

    @Test
    void the_one_that_is_named_comes_first() throws Exception {
        program("bin/nats-server", version("2.11.1"));
        Path named = program("elsewhere/mine", version("3.0.0-beta.1"));
        assertThat(run(named.toString())).isEmpty();
        assertThat(provided.toRealPath()).isEqualTo(named.toRealPath());
    }

    @Test
    void one_that_is_too_old_is_kept_aside_and_a_newer_one_is_built() throws Exception {
        Path old = program("bin/nats-server", version("2.9.10"));
        program("built", version("2.15.2"));
        program("bin/go", "echo $* >" + folder + "/asked; mkdir $GOBIN && cp " + folder + "/built $GOBIN/nats-server");
        assertThat(run("")).contains("building nats-server");
        assertThat(Files.readString(folder.resolve("asked")))
                .startsWith("install ")
                .contains("/v2@v2.");
        assertThat(Files.isRegularFile(provided, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(tooOld.toRealPath()).isEqualTo(old.toRealPath());

        program("bin/go", "exit 1");
        assertThat(run("")).as("built once").isEmpty();
    }

    @Test
    void where_none_can_be_had_it_says_so_and_provides_none() throws Exception {
        assertThat(run("/no/such/program")).contains("could not build nats-server");
        assertThat(provided).doesNotExist();
        assertThat(tooOld).doesNotExist();
    }
}
