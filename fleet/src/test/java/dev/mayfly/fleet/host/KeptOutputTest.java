package dev.mayfly.fleet.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.fake.FakeFolder;
import dev.mayfly.fleet.backend.fake.FakeTimes;
import dev.mayfly.fleet.protocol.Attempt;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptOutputTest {
    private static final Attempt ATTEMPT = new Attempt(new RunnerId("r"), new Fence(1));

    @TempDir
    Path folder;

    @Test
    void what_a_script_has_written_is_there_when_its_machine_is_not_and_nobody_else_can_read_it() throws Exception {
        try (Backend backend = new KeptOutput(
                new FakeFolder(folder.resolve("machines"), FakeTimes.NONE, Clock.systemUTC()),
                folder.resolve("logs"),
                Log.off())) {
            Identity identity = new Identity(new MachineIdentifier("0".repeat(32)), MacAddress.of(1));
            backend.make(new Plan(ATTEMPT, new RunnerName("a"), ResourceType.NANO, identity));
            backend.awaitReady(ATTEMPT, Duration.ofSeconds(5));
            backend.begin(ATTEMPT, "echo said; exit 3");
            assertThat(backend.awaitEnd(ATTEMPT, Duration.ofSeconds(5))).hasValue(3);
            backend.destroy(ATTEMPT);
            assertThat(backend.output(ATTEMPT)).isEqualTo("said\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("logs"))))
                    .isEqualTo("rwx------");
        }
    }

    /** A default of the port that is not handed on would quietly take something away from the back end below. */
    @Test
    void everything_that_a_back_end_can_do_is_handed_on() throws Exception {
        for (Method method : Backend.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                Method here = KeptOutput.class.getMethod(method.getName(), method.getParameterTypes());
                assertThat(here.getDeclaringClass()).as("%s", method).isEqualTo(KeptOutput.class);
            }
        }
    }
}
