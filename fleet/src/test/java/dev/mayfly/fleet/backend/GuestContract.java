package dev.mayfly.fleet.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.fleet.runner.GuestState;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/** What holds for back ends whose machines are really there. */
public abstract class GuestContract extends BackendContract {
    @Override
    protected void use(Backend backend) throws Exception {
        assertThat(backend.run(ATTEMPT, "echo $((6 * 7)); cat >&2; exit 3", "in\n", PATIENCE))
                .isEqualTo(new Ran(3, "42\nin\n"));
        fails(() -> backend.run(ATTEMPT, "sleep 60", "", Duration.ofMillis(200)));
        assertThat(backend.run(ATTEMPT, "true", "", PATIENCE).exitCode())
                .as("a command that took too long costs the machine nothing")
                .isZero();
        watchRunner(backend);
        Login login = backend.login(ATTEMPT);
        assertThat(Files.getPosixFilePermissions(login.key())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(login.address()).isEqualTo(backend.awaitReady(ATTEMPT, PATIENCE));
    }

    /** A program that does nothing plays those of GitHub's runner, which are known by their names. */
    private static void watchRunner(Backend backend) throws Exception {
        String runner = "/opt/actions-runner";
        assertThat(backend.guest(ATTEMPT).state()).isEqualTo(GuestState.IDLE);
        String play = "{ setsid " + runner + "/bin/%1$s x </dev/null >/dev/null 2>&1 & echo $! >" + runner + "/%1$s; }";
        run(
                backend,
                "mkdir -p " + runner + "/bin " + runner + "/_diag && cp /sbin/mayfly-guest " + runner
                        + "/bin/Runner.Listener && cp /sbin/mayfly-guest " + runner + "/bin/Runner.Worker && cat >"
                        + runner
                        + "/.runner && " + play.formatted("Runner.Listener"),
                "{\"agentName\": \"gh-1\", \"gitHubUrl\":\"https://github.com/octo/app\"}");
        assertThat(backend.guest(ATTEMPT))
                .satisfies(guest -> assertThat(guest.state()).isEqualTo(GuestState.IDLE))
                .satisfies(guest -> assertThat(guest.runnerName()).isEqualTo("gh-1"))
                .satisfies(guest -> assertThat(guest.repository()).isEqualTo("octo/app"));
        run(backend, play.formatted("Runner.Worker"), "");
        becomes(backend, GuestState.PREPARING);
        String steps = runner + "/_work/_temp/_runner_file_commands";
        run(backend, "mkdir -p " + steps + " && touch " + steps + "/set_env_1", "");
        becomes(backend, GuestState.RUNNING);
        run(backend, "touch " + runner + "/_diag/Worker_1.log && kill -9 $(cat " + runner + "/Runner.Worker)", "");
        becomes(backend, GuestState.FINISHED);
        run(backend, "kill -9 $(cat " + runner + "/Runner.Listener) && rm -r " + runner, "");
        becomes(backend, GuestState.IDLE);
    }

    /** A program that was started in the background is there a moment later. */
    private static void becomes(Backend backend, GuestState state) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (backend.guest(ATTEMPT).state() != state && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(backend.guest(ATTEMPT).state()).isEqualTo(state);
    }

    private static void run(Backend backend, String command, String input) throws Exception {
        Ran ran = backend.run(ATTEMPT, command, input, PATIENCE);
        assertThat(ran.exitCode()).as(ran.output()).isZero();
    }
}
