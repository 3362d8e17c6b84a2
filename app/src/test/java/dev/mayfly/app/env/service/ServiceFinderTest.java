package dev.mayfly.app.env.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.service.Activity;
import dev.mayfly.env.service.Mounts;
import dev.mayfly.env.service.VfsClient;
import dev.mayfly.env.service.VfsEndpoint;
import dev.mayfly.env.service.VfsServer;
import dev.mayfly.env.service.ViewShelf;
import dev.mayfly.platform.linux.OpenFileLock;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceFinderTest {
    private static final Path NOTE = Path.of("run/note");

    @TempDir
    Path home;

    private ServicePlace place;

    @BeforeEach
    void look() {
        Needs.linux();
        place = ServicePlace.of(home);
    }

    private ServiceFinder finder(String script) {
        return new ServiceFinder(place, List.of("/bin/sh", "-c", script), "2.0", Ticker.system());
    }

    private VfsServer server(String version) {
        Ticker ticker = Ticker.system();
        return VfsServer.start(
                place.socket(),
                new VfsEndpoint(
                        spec -> {
                            throw new AssertionError(spec);
                        },
                        new ViewShelf(ticker),
                        new Mounts(List::of, Log.off()),
                        new Activity(ticker),
                        version,
                        IdSource.seeded(1),
                        Clock.systemUTC(),
                        Log.off()));
    }

    @Test
    void where_none_runs_the_fix_is_to_start_one() {
        var told = catchThrowableOfType(MayflyException.class, () -> finder("").connect());
        assertThat(told.code()).isEqualTo(ErrorCode.ENV_SERVICE_DOWN);
        assertThat(told.fix()).isEqualTo("mayfly env service start");
    }

    @Test
    void one_that_lives_and_does_not_listen_is_told_by_address_and_process() {
        try (OpenFileLock _ = place.takeService().orElseThrow()) {
            var told =
                    catchThrowableOfType(MayflyException.class, () -> finder("").connect());
            assertThat(told.code()).isEqualTo(ErrorCode.ENV_SERVICE_UNREACHABLE);
            assertThat(told.what()).contains(place.socket().toString());
            assertThat(told.fix()).startsWith("kill " + ProcessHandle.current().pid() + ";");
        }
    }

    @Test
    void one_of_another_version_is_told_and_is_not_started_beside() throws Exception {
        try (OpenFileLock _ = place.takeService().orElseThrow();
                VfsServer _ = server("1.0")) {
            var told = catchThrowableOfType(
                    MayflyException.class,
                    () -> finder("echo > " + home.resolve(NOTE)).ensure());
            assertThat(told.code()).isEqualTo(ErrorCode.ENV_SERVICE_SKEW);
            assertThat(told.why()).isEqualTo("it is 1.0, this is 2.0");
            assertThat(told.fix()).startsWith("mayfly env service stop && mayfly env service start");
            try (VfsClient client = finder("").connect()) {
                assertThat(client.health().version()).as("of the same protocol").isEqualTo("1.0");
            }
        }
        assertThat(home.resolve(NOTE)).doesNotExist();
    }

    @Test
    void one_of_the_same_version_is_taken_as_it_is() throws Exception {
        try (OpenFileLock _ = place.takeService().orElseThrow();
                VfsServer _ = server("2.0")) {
            assertThat(finder("exit 1").ensure().started()).isFalse();
        }
    }

    @Test
    void one_that_does_not_come_up_is_told_with_its_last_words() {
        assertThatThrownBy(() -> finder("echo begin; echo 'error MF-4001: no disk' >&2; echo end; exit 4")
                        .ensure())
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ENV_SERVICE_UNREACHABLE);
                    assertThat(e.why()).isEqualTo("it ended with exit code 4: error MF-4001: no disk");
                });
    }

    @Test
    void who_does_not_wait_starts_only_one_for_a_while() throws Exception {
        for (int i = 0; i < 5; i++) {
            finder("echo started >> " + home.resolve(NOTE)).startForLater();
        }
        for (int i = 0; i < 1000 && !Files.exists(home.resolve(NOTE)); i++) {
            Thread.sleep(10);
        }
        Thread.sleep(200); // for a second one, which must not come
        assertThat(home.resolve(NOTE)).hasContent("started");
    }

    @Test
    void who_only_looks_is_never_taken_for_a_service() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        place.takeService().ifPresent(OpenFileLock::close);
        Thread looker = Thread.startVirtualThread(() -> {
            while (!done.get()) {
                boolean _ = place.isTaken();
            }
        });
        try {
            for (int i = 0; i < 200; i++) {
                Optional<OpenFileLock> taken = place.takeService();
                assertThat(taken).isPresent();
                taken.get().close();
            }
        } finally {
            done.set(true);
            looker.join();
        }
    }

    @Test
    void a_folder_that_others_may_enter_is_refused() throws Exception {
        Files.createDirectory(home.resolve("run"));
        Files.setPosixFilePermissions(
                home.resolve("run"), java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(place::takeService)
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.fix()).isEqualTo("chmod 700 " + home.resolve("run")));
    }
}
