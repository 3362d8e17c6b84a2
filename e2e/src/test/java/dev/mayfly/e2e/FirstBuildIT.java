package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./mayfly} in a source tree, with a stand-in for Maven that lays out the program built already. */
class FirstBuildIT {
    @TempDir
    Path folder;

    private Path repository;
    private Path builds;
    private Path tools;

    @BeforeEach
    void makeSourceTree() throws IOException {
        repository = folder.resolve("repo");
        builds = folder.resolve("builds");
        tools = folder.resolve("tools");
        for (String file : List.of("mayfly", "dist/src/main/sh/find-jdk.sh")) {
            Path copy = repository.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(Program.REPOSITORY.resolve(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
        Program.write(repository.resolve("pom.xml"), "<project/>");
        Program.write(repository.resolve("base/src/main/java/A.java"), "class A {}");
        maven("""
                echo "[INFO] Building base                                          [1/2]"
                echo "[INFO] Building dist                                          [2/2]"
                echo "[WARNING] noise"
                sleep 1
                mkdir -p dist/target
                cp -Rp %s dist/target/mayfly
                touch dist/target/mayfly/built
                """.formatted(Program.DISTRIBUTION));
    }

    /** The stand-in notes each of its starts, with its words. */
    private void maven(String body) throws IOException {
        Path script = tools.resolve("mvn");
        Program.write(script, "#!/bin/sh\necho \"$@\" >>" + builds + "\ncd " + repository + "\n" + body);
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    private Program mayfly(String... words) {
        String[] all = Stream.concat(Stream.of(repository.resolve("mayfly").toString()), Stream.of(words))
                .toArray(String[]::new);
        return Program.of(all).with("PATH", tools + ":" + System.getenv("PATH")).with("HOME", folder.toString());
    }

    private List<String> builds() throws IOException {
        return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
    }

    @Test
    void the_first_start_builds_shows_where_it_is_and_then_runs_the_command() throws IOException {
        Ended first = mayfly("--version").run();

        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).startsWith("mayfly ").hasLineCount(1);
        assertThat(first.errorLines())
                .anyMatch(line -> line.equals("mayfly: [1/2] building base"))
                .anyMatch(line -> line.equals("mayfly: [2/2] building dist"))
                .noneMatch(line -> line.contains("noise"));
        assertThat(repository.resolve(".mayfly/build.log")).content().contains("noise");

        Ended second = mayfly("--version").run();
        assertThat(second.err()).isEmpty();
        assertThat(builds()).hasSize(1).allMatch(words -> words.contains("-pl dist -am") && words.contains("package"));
    }

    @Test
    void it_builds_again_only_when_a_source_is_newer() throws IOException {
        mayfly("--version").run();
        Path source = repository.resolve("base/src/main/java/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(3600)));
        mayfly("--version").run();
        assertThat(builds()).hasSize(1);

        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        mayfly("--version").run();
        assertThat(builds()).hasSize(2);
    }

    @Test
    void of_two_first_starts_at_once_one_builds_and_the_other_waits_for_it() throws IOException {
        List<CompletableFuture<Ended>> both = Stream.of("--version", "--version")
                .map(word -> CompletableFuture.supplyAsync(() -> mayfly(word).run()))
                .toList();

        assertThat(both).allSatisfy(start -> {
            assertThat(start.join().exitCode()).isZero();
            assertThat(start.join().out()).startsWith("mayfly ");
        });
        assertThat(builds()).hasSize(1);
        assertThat(repository.resolve(".mayfly/build.lock")).doesNotExist();
    }

    @Test
    void a_lock_whose_owner_died_is_taken_over() throws IOException {
        Program.write(repository.resolve(".mayfly/build.lock/pid"), "999999999\n");

        assertThat(mayfly("--version").run().out()).startsWith("mayfly ");
    }

    @Test
    void a_failed_build_shows_its_errors_keeps_the_log_and_leaves_no_lock() throws IOException {
        maven("echo '[INFO] fine so far'; echo '[ERROR] A.java:[1,1] no such type'; exit 1");

        Ended ended = mayfly("--version").run();

        assertThat(ended.exitCode()).isEqualTo(4);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .contains(
                        "[ERROR] A.java:[1,1] no such type", "error MF-1007: Mayfly could not be built", "fix: read ");
        assertThat(repository.resolve(".mayfly/build.log")).content().contains("fine so far");
        assertThat(repository.resolve(".mayfly/build.lock")).doesNotExist();
    }

    @Test
    void without_maven_it_says_how_to_get_it() throws IOException {
        Files.delete(tools.resolve("mvn"));
        for (String tool : List.of("find", "mkdir", "rm", "sleep", "readlink", "sh")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/bin", tool).toRealPath());
        }

        Ended ended = mayfly("--version").with("PATH", tools.toString()).run();

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err()).contains("error MF-1006: Maven is needed").contains("fix: apt-get install maven");
    }
}
