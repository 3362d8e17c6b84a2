package dev.mayfly.testkit.s3;

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

/** {@code s3-server.sh} with stand-ins for everything that it would fetch from elsewhere. */
@Timeout(60)
class S3ServerScriptTest {
    @TempDir
    Path folder;

    private Path tools;

    private ToolScript script;

    @BeforeEach
    void nothing_can_be_fetched() throws IOException {
        script = new ToolScript("s3-server.sh", "MAYFLY_S3_SERVER", folder);
        tools = folder.resolve(".mayfly/tools");
        script.program("bin/go", "exit 1");
    }

    @Test
    void the_one_that_is_named_comes_before_the_one_on_the_path() throws Exception {
        Path found = script.program("bin/versitygw", "exit 0");
        assertThat(script.run("")).isEmpty();
        assertThat(tools.resolve("versitygw").toRealPath()).isEqualTo(found.toRealPath());
        Path named = script.program("elsewhere/gofakes3", "exit 0");
        assertThat(script.run(named.toString())).isEmpty();
        assertThat(tools.resolve("gofakes3").toRealPath()).isEqualTo(named.toRealPath());
    }

    @Test
    void where_there_is_none_one_is_built_once() throws Exception {
        script.program("built", "exit 0");
        script.program(
                "bin/go", "echo $* >" + folder + "/asked; mkdir $GOBIN && cp " + folder + "/built $GOBIN/gofakes3");
        assertThat(script.run("")).contains("building gofakes3");
        assertThat(Files.readString(folder.resolve("asked")))
                .startsWith("install ")
                .contains("/cmd/gofakes3@v1.");
        assertThat(Files.isRegularFile(tools.resolve("gofakes3"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();

        script.program("bin/go", "exit 1");
        assertThat(script.run("")).as("built once").isEmpty();
    }

    @Test
    void where_none_can_be_had_it_says_so_and_provides_none() throws Exception {
        assertThat(script.run("/no/such/gofakes3")).contains("could not build gofakes3");
        assertThat(tools.resolve("gofakes3")).doesNotExist();
        script.program("elsewhere/minio", "exit 0");
        assertThat(script.run(folder.resolve("elsewhere/minio").toString()))
                .as("one that nobody knows how to start")
                .contains("could not build gofakes3");
    }
}
