package dev.mayfly.fleet.backend.fake;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.Ran;
import dev.mayfly.fleet.protocol.Attempt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Machines that are not there and outlive the process that has made them: a file for each, whose times are those of the wall
 * clock. For faults of agents that are processes, where {@link FakeHost} would die with them.
 */
public final class FakeFolder implements Backend {
    private static final String ENDING = ".fake";
    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final int FIRST_PORT = 1_024;
    private static final int PORTS = 64_000;

    private final Path folder;
    private final FakeTimes times;
    private final Clock clock;

    /** @param folder made when it is not there */
    public FakeFolder(Path folder, FakeTimes times, Clock clock) {
        this.folder = Objects.requireNonNull(folder, "folder");
        this.times = Objects.requireNonNull(times, "times");
        this.clock = Objects.requireNonNull(clock, "clock");
        try {
            Files.createDirectories(folder);
            DurableFile.sweep(folder);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.MACHINES_UNAVAILABLE,
                    "no machine can be made here",
                    folder + " cannot be made: " + e.getMessage(),
                    "make its parent writable",
                    e);
        }
    }

    private Path file(Attempt attempt) {
        return folder.resolve(attempt + ENDING);
    }

    @Override
    public Set<Attempt> survey() {
        Set<Attempt> found = new HashSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(ENDING)) {
                    String attempt = name.substring(0, name.length() - ENDING.length());
                    int dot = attempt.lastIndexOf('.');
                    found.add(new Attempt(
                            new RunnerId(attempt.substring(0, dot)),
                            new Fence(Long.parseLong(attempt.substring(dot + 1)))));
                }
            }
            return found;
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.MACHINES_UNAVAILABLE,
                    "nobody can say what is here",
                    folder + ": " + e.getMessage(),
                    "",
                    e);
        }
    }

    @Override
    public void make(Plan plan) {
        JsonObject machine = JsonObject.of()
                .with("name", plan.name().value())
                .with("machine_identifier", plan.identity().machine().value())
                .with("mac_address", plan.identity().mac().value())
                .with("port", FIRST_PORT + Math.floorMod(plan.attempt().hashCode(), PORTS))
                .with("made_at", clock.millis());
        try {
            DurableFile.create(file(plan.attempt()), bytes(machine));
        } catch (FileAlreadyExistsException e) {
            throw failed(plan.attempt(), "there is one already");
        } catch (IOException e) {
            throw failed(plan.attempt(), String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(JsonObject machine) {
        return (JsonWriter.pretty(machine) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private JsonObject machine(Attempt attempt) {
        try {
            if (JsonReader.read(Files.readAllBytes(file(attempt))) instanceof JsonObject machine) {
                return machine;
            }
            throw failed(attempt, "it has died");
        } catch (NoSuchFileException e) {
            throw failed(attempt, "there is none");
        } catch (IOException | JsonSyntaxException e) {
            throw failed(attempt, "it has died");
        }
    }

    private static long number(JsonObject machine, String name) {
        return machine.get(name).orElseThrow() instanceof JsonNumber number
                ? number.exactLong().orElseThrow()
                : 0;
    }

    @Override
    public Address awaitReady(Attempt attempt, Duration patience) throws InterruptedException {
        JsonObject machine = machine(attempt);
        long readyAt = number(machine, "made_at")
                + times.cloning().plus(times.booting()).toMillis();
        if (!waitFor(attempt, readyAt, patience)) {
            throw failed(attempt, "it did not answer for " + patience);
        }
        return new Address("127.0.0.1", (int) number(machine, "port"), "");
    }

    @Override
    public void begin(Attempt attempt, String script) {
        JsonObject machine = machine(attempt);
        if (machine.get("script").isPresent()) {
            throw failed(attempt, "a script was started before");
        }
        try {
            DurableFile.replace(
                    file(attempt), bytes(machine.with("script", script).with("begun_at", clock.millis())));
        } catch (IOException e) {
            throw failed(attempt, String.valueOf(e.getMessage()));
        }
    }

    private String script(Attempt attempt) {
        return machine(attempt).get("script").orElse(new JsonNumber(java.math.BigDecimal.ZERO))
                        instanceof JsonString script
                ? script.value()
                : "";
    }

    @Override
    public OptionalInt awaitEnd(Attempt attempt, Duration patience) throws InterruptedException {
        JsonObject machine = machine(attempt);
        if (machine.get("script").isEmpty()) {
            throw failed(attempt, "no script was started");
        }
        long endsAt = number(machine, "begun_at") + times.working().toMillis();
        return waitFor(attempt, endsAt, patience)
                ? OptionalInt.of(FakeScript.exitCode(script(attempt)))
                : OptionalInt.empty();
    }

    @Override
    public String output(Attempt attempt) {
        return FakeScript.output(script(attempt));
    }

    @Override
    public Ran run(Attempt attempt, String command, String input, Duration patience) {
        JsonObject _ = machine(attempt);
        return new Ran(FakeScript.exitCode(command), FakeScript.output(command) + input);
    }

    @Override
    public void destroy(Attempt attempt) {
        try {
            Files.deleteIfExists(file(attempt));
        } catch (IOException e) {
            throw failed(attempt, "something of it is left: " + e.getMessage());
        }
    }

    /** @return false when patience was over first */
    private boolean waitFor(Attempt attempt, long at, Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (clock.millis() < at) {
            JsonObject _ = machine(attempt);
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            Thread.sleep(Math.clamp(at - clock.millis(), 1, LOOK_AGAIN_MILLIS));
        }
        JsonObject _ = machine(attempt);
        return true;
    }

    private static MayflyException failed(Attempt attempt, String why) {
        return new MayflyException(
                ErrorCode.MACHINE_FAILED, "the machine of " + attempt + " is of no use", why, "destroy it");
    }

    @Override
    public void close() {}
}
