package dev.mayfly.testkit.rqlite;

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

/** {@code rqlite-server.sh} with stand-ins for everything that it would fetch from elsewhere. */
@Timeout(60)
class RqliteServerScriptTest {
    @TempDir
    Path folder;

    private ToolScript script;

    @BeforeEach
    void nothing_can_be_fetched() throws IOException {
        script = new ToolScript("rqlite-server.sh", "MAYFLY_RQLITED", folder);
        script.program("bin/go", "exit 1");
        script.program("bin/gcc", "exit 1");
    }

    @Test
    void the_one_that_is_named_comes_before_the_one_on_the_path() throws Exception {
        Path found = script.program("bin/rqlited", "exit 0");
        assertThat(script.run("")).isEmpty();
        assertThat(script.tool("rqlited").toRealPath()).isEqualTo(found.toRealPath());
        Path named = script.program("elsewhere/mine", "exit 0");
        assertThat(script.run(named.toString())).isEmpty();
        assertThat(script.tool("rqlited").toRealPath()).isEqualTo(named.toRealPath());
    }

    @Test
    void where_there_is_none_one_is_built_once_in_the_folder_of_its_module() throws Exception {
        Path module = Files.createDirectories(folder.resolve("module"));
        script.program(
                "bin/go",
                "case $1 in mod) echo '{'; echo '\t\"Dir\": \"" + module + "\",'; echo '}' ;;" + " build) [ \"$PWD\" = "
                        + module + " ] && echo built >$3 && chmod +x $3 ;; esac");
        assertThat(script.run("")).contains("building rqlited");
        assertThat(Files.isRegularFile(script.tool("rqlited"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();

        script.program("bin/go", "exit 1");
        assertThat(script.run("")).as("built once").isEmpty();
    }

    @Test
    void where_none_can_be_had_it_says_so_and_provides_none() throws Exception {
        assertThat(script.run("/no/such/rqlited")).contains("could not build rqlited");
        assertThat(script.tool("rqlited")).doesNotExist();
    }
}
