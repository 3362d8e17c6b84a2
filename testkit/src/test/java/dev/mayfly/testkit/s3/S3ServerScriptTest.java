package dev.mayfly.testkit.s3;

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

/** {@code s3-server.sh} with stand-ins for everything that it would fetch from elsewhere. */
@Timeout(60)
class S3ServerScriptTest {
    private static final Path SCRIPT = Path.of("src/main/sh/s3-server.sh").toAbsolutePath();

    @TempDir
    Path folder;

    private Path tools;

    @BeforeEach
    void nothing_can_be_fetched() throws IOException {
        tools = folder.resolve(".mayfly/tools");
        program("bin/go", "exit 1");
    }

    private Path program(String name, String script) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private String run(String named) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", SCRIPT.toString(), folder.toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().put("MAYFLY_S3_SERVER", named);
        Path said = folder.resolve("said");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("it never fails").isZero();
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    @Test
    void the_one_that_is_named_comes_before_the_one_on_the_path() throws Exception {
        Path found = program("bin/versitygw", "exit 0");
        assertThat(run("")).isEmpty();
        assertThat(tools.resolve("versitygw").toRealPath()).isEqualTo(found.toRealPath());
        Path named = program("elsewhere/gofakes3", "exit 0");
        assertThat(run(named.toString())).isEmpty();
        assertThat(tools.resolve("gofakes3").toRealPath()).isEqualTo(named.toRealPath());
    }

    @Test
    void where_there_is_none_one_is_built_once() throws Exception {
        program("built", "exit 0");
        program("bin/go", "echo $* >" + folder + "/asked; mkdir $GOBIN && cp " + folder + "/built $GOBIN/gofakes3");
        assertThat(run("")).contains("building gofakes3");
        assertThat(Files.readString(folder.resolve("asked")))
                .startsWith("install ")
                .contains("/cmd/gofakes3@v1.");
        assertThat(Files.isRegularFile(tools.resolve("gofakes3"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();

        program("bin/go", "exit 1");
        assertThat(run("")).as("built once").isEmpty();
    }

    @Test
    void where_none_can_be_had_it_says_so_and_provides_none() throws Exception {
        assertThat(run("/no/such/gofakes3")).contains("could not build gofakes3");
        assertThat(tools.resolve("gofakes3")).doesNotExist();
        program("elsewhere/minio", "exit 0");
        assertThat(run(folder.resolve("elsewhere/minio").toString()))
                .as("one that nobody knows how to start")
                .contains("could not build gofakes3");
    }
}
