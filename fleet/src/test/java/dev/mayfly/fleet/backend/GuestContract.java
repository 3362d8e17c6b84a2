package dev.mayfly.fleet.backend;

import static org.assertj.core.api.Assertions.assertThat;

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
        Login login = backend.login(ATTEMPT);
        assertThat(Files.getPosixFilePermissions(login.key())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(login.address()).isEqualTo(backend.awaitReady(ATTEMPT, PATIENCE));
    }
}
