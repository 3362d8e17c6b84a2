package dev.mayfly.env.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VfsServiceTest {
    private static final Digest LAYER = Digest.of(new byte[] {1});

    @TempDir
    Path temp;

    private final Activity activity = new Activity(Ticker.system());
    private final ViewShelf shelf = new ViewShelf(Ticker.system());
    private final Mounts mounts = new Mounts(List::of, Log.off());
    private Path socket;
    private VfsServer server;
    private VfsClient client;

    @BeforeEach
    void serve() {
        Needs.linux();
        socket = temp.resolve("s");
        server = VfsServer.start(
                socket,
                new VfsEndpoint(
                        this::find,
                        shelf,
                        mounts,
                        activity,
                        "1.2.3",
                        IdSource.seeded(1),
                        Clock.systemUTC(),
                        Log.off()));
        client = VfsClient.of(socket);
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    private Environments.Wanted find(String spec) {
        if (spec.equals("unknown")) {
            throw new MayflyException(ErrorCode.REF_UNKNOWN, "what ä", "why\nnot", "fix");
        }
        return new Environments.Wanted(
                List.of(Digest.of(spec.getBytes(StandardCharsets.UTF_8))), List.of(LAYER), "folder", () -> {
                    try {
                        return new Folder(Files.createDirectory(temp.resolve(spec)));
                    } catch (IOException e) {
                        throw new MayflyException(ErrorCode.VIEW_UNAVAILABLE, "it is mounted twice", "", "", e);
                    }
                });
    }

    private record Folder(Path path) implements Environments.Held {
        @Override
        public void close() {
            try {
                Files.delete(path);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static Process sleep() throws IOException {
        return new ProcessBuilder("sleep", "600").start();
    }

    @Test
    void a_view_is_shown_for_as_long_as_its_process_lives_and_status_says_to_whom() throws Exception {
        Process process = sleep();
        try {
            MountAnswer answer = client.mount(process.pid(), "tools", true, "work");
            assertThat(answer)
                    .isEqualTo(new MountAnswer("work", temp.resolve("tools"), "folder", false, List.of(LAYER)));
            assertThat(answer.path()).isDirectory();

            ServiceState state = client.status();
            assertThat(state.version()).isEqualTo("1.2.3");
            assertThat(state.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(state.mounts()).singleElement().satisfies(mount -> {
                assertThat(mount.root()).isEqualTo(LiveProcess.of(process.pid()).orElseThrow());
                assertThat(mount.envSpec()).isEqualTo("tools");
                assertThat(mount.editable()).isTrue();
                assertThat(mount.runtimeName()).isEqualTo("work");
                assertThat(mount.view()).isEqualTo(answer.path());
            });
            assertThat(client.mount(process.pid(), "tools", false, "").cached()).isTrue();
            assertThat(client.status().cache()).isEqualTo(new CacheCounts(1, 1, 1));
            assertThat(client.status().mounts()).hasSize(2);
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(client.status().mounts()).isEmpty();
        assertThat(shelf.release(java.time.Duration.ZERO)).isEqualTo(1);
        assertThat(temp.resolve("tools")).doesNotExist();
    }

    @Test
    void errors_of_the_service_arrive_with_code_and_words() {
        var unknown = catchThrowableOfType(MayflyException.class, () -> client.mount(1, "unknown", false, ""));
        assertThat(List.of(unknown.code().name(), unknown.what(), unknown.why(), unknown.fix()))
                .containsExactly("REF_UNKNOWN", "what ä", "why\nnot", "fix");
    }

    @Test
    void who_asks_for_a_process_that_is_not_there_is_told_and_gets_no_view() throws Exception {
        Process ended = sleep();
        ended.destroyForcibly().waitFor();
        assertThatThrownBy(() -> client.mount(ended.pid(), "tools", false, ""))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROCESS_UNKNOWN));
        assertThat(client.status().mounts()).isEmpty();
        assertThat(shelf.release(java.time.Duration.ZERO)).as("nobody uses it").isEqualTo(1);
    }

    @Test
    void a_name_is_taken_only_once() {
        long own = ProcessHandle.current().pid();
        client.mount(own, "a", false, "work");
        assertThatThrownBy(() -> client.mount(own, "b", false, "work"))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThatThrownBy(() -> client.mount(own, "b", false, "../x"))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
    }

    @Test
    void a_service_that_is_told_to_stop_says_so_and_takes_no_more_work() {
        assertThat(client.health().healthy()).isTrue();
        client.shutdown();
        assertThat(activity.retired()).isTrue();
        assertThat(client.health().healthy()).isFalse();
        assertThatThrownBy(() -> client.mount(1, "tools", false, ""))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_BUSY));
    }

    @Test
    void a_service_that_is_gone_is_told_by_its_address() {
        server.close();
        assertThatThrownBy(client::health).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.ENV_SERVICE_UNREACHABLE);
            assertThat(e.what()).contains(socket.toString());
        });
    }

    @Test
    void nothing_is_said_about_options_that_unix_sockets_do_not_have() {
        List<LogRecord> said = new CopyOnWriteArrayList<>();
        Logger netty = Logger.getLogger("io.grpc.netty.shaded");
        Handler ear = new Handler() {
            @Override
            public void publish(LogRecord record) {
                said.add(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        netty.addHandler(ear);
        try {
            assertThat(client.health().version()).isEqualTo("1.2.3");
            assertThat(said).isEmpty();
        } finally {
            netty.removeHandler(ear);
        }
    }
}
