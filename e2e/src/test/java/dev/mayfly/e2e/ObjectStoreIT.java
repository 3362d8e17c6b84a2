package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environments shared through an object store. */
class ObjectStoreIT {
    @TempDir
    Path temp;

    private S3Server server;
    private String store;

    @BeforeEach
    void startServer() throws IOException {
        server = S3Server.start(Needs.s3Server(), Files.createDirectory(temp.resolve("store")));
        store = "s3://" + S3Server.BUCKET + "/studio?endpoint=" + server.url();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    /** A person who has no key unless it is given. */
    private Program env(String home, String... words) {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(List.of(words));
        return Program.mayfly(temp.resolve(home), all.toArray(String[]::new))
                .with("AWS_CONFIG_FILE", temp.resolve("none").toString())
                .with("AWS_SHARED_CREDENTIALS_FILE", temp.resolve("none").toString());
    }

    private String done(String home, String... words) {
        Ended ended = env(home, words)
                .with("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY)
                .with("AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY)
                .with("MAYFLY_ENV_ORIGIN", store)
                .run();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out() + ended.err())
                .doesNotContain(S3Server.SECRET_KEY)
                .doesNotContain("SLF4J");
        return ended.out();
    }

    @Test
    void what_one_pushes_another_pulls_and_heals_from() throws IOException {
        Path tools = Files.createDirectory(temp.resolve("tools"));
        Files.writeString(tools.resolve("greeting"), "hello\n");
        done("one", "init");
        done("one", "commit", "layer", "--path", tools.toString(), "--tag", "tools/base");
        done("one", "init", store);
        done("one", "push", "tools/base");
        done("two", "init", "--spfs");
        done("two", "pull", "--remote", store, "tools/base");
        assertThat(done("two", "read", "tools/base", "greeting")).isEqualTo("hello\n");
        try (Stream<Path> files = Files.walk(temp.resolve("two/env/repository/payloads"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.delete(each);
            }
        }
        assertThat(done("two", "check", "--pull", "origin", "--json")).contains("\"whole\": true");
        assertThat(done("two", "read", "tools/base", "greeting")).isEqualTo("hello\n");
    }

    @Test
    void without_a_key_it_says_where_one_goes_and_repeats_none_that_is_in_the_address() throws IOException {
        Ended ended = env("one", "init", store).run();
        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err()).startsWith("error MF-7005: ").contains("AWS_ACCESS_KEY_ID");
        Ended secret = env("one", "init", "s3://me:hunter2@bucket").run();
        assertThat(secret.exitCode()).isEqualTo(64);
        assertThat(secret.out() + secret.err()).contains("MF-1001").doesNotContain("hunter2");
    }
}
