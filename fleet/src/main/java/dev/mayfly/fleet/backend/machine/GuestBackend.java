package dev.mayfly.fleet.backend.machine;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Login;
import dev.mayfly.fleet.backend.Ran;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.TemplateName;
import dev.mayfly.fleet.guest.GuestStatus;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.ssh.LoginKey;
import dev.mayfly.fleet.ssh.SshResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What is done with machines that are made, whatever makes them. */
public abstract class GuestBackend<M extends GuestMachine> implements Backend {
    /** sockaddr_un has room for 108 bytes, the last of them zero (unix(7)). */
    private static final int LONGEST_SOCKET = 107;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration COMMAND = Duration.ofSeconds(30);
    private static final Duration ONE_QUESTION = Duration.ofSeconds(10);
    private static final Duration KILL = Duration.ofSeconds(10);

    /** The folder of the script in the guest; that it can be made is what lets a script start, once. */
    private static final String WORK = "/run/mayfly";

    private final Path runners;
    private final Guests guests;
    private final HostRoom room;
    private final long mostMemoryBytes;
    private final Log log;
    private final Map<Attempt, M> machines = new ConcurrentHashMap<>();

    /** @param runners the folder of the bundles, which is there */
    protected GuestBackend(Path runners, Guests guests, long mostMemoryBytes, Log log) {
        this.runners = runners;
        this.guests = guests;
        this.room = new HostRoom(Path.of("/proc/meminfo"), runners);
        this.mostMemoryBytes = mostMemoryBytes;
        this.log = log;
    }

    /** What knows the machine of a bundle, whether there is one or not. */
    protected abstract M open(Bundle bundle);

    protected final M machine(Attempt attempt) {
        return machines.computeIfAbsent(attempt, _ -> open(Bundle.of(runners, attempt)));
    }

    /** It has become the machine of this attempt. */
    protected final void put(Attempt attempt, M machine) {
        machines.put(attempt, machine);
    }

    protected final Path runners() {
        return runners;
    }

    protected final HostRoom room() {
        return room;
    }

    protected final Log log() {
        return log;
    }

    /** By the name of its folder, as people name it on this host. */
    protected static TemplateName called(Template template) {
        return new TemplateName(String.valueOf(template.folder().getFileName()), template.digest());
    }

    protected final Shape shape(ResourceType type) {
        return Shape.of(type, mostMemoryBytes);
    }

    /** The paths of sockets in a bundle must not be longer than the kernel takes. */
    protected final void requireShortName(Attempt attempt) {
        Path longest = Bundle.of(runners, attempt).longestSocket();
        if (longest.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            throw failed(attempt, longest + " is too long for a socket", "name a shorter folder");
        }
    }

    @Override
    public final Set<Attempt> survey() {
        try {
            return Bundle.all(runners);
        } catch (IOException e) {
            throw unavailable(runners + " cannot be read: " + e.getMessage(), "name a folder for runners");
        }
    }

    @Override
    public final Address awaitReady(Attempt attempt, Duration patience) throws InterruptedException {
        M machine = machine(attempt);
        try {
            return machine.awaitReady(patience);
        } catch (IOException e) {
            throw failed(attempt, because(e), "destroy it");
        }
    }

    @Override
    public final Optional<StartTimes> times(Attempt attempt) {
        return Optional.ofNullable(machines.get(attempt)).map(GuestMachine::times);
    }

    @Override
    public Optional<String> refusal(ResourceType type) {
        return room.refusal(shape(type));
    }

    /** Ends processes whose bundle is not there any more. */
    protected static List<String> endWithoutBundle(List<ProcessHandle> processes) {
        List<String> ended = new ArrayList<>();
        for (ProcessHandle each : processes) {
            each.destroyForcibly();
            try {
                ended.add("process " + each.pid() + (Processes.awaitEnd(each, KILL) ? "" : ", which does not end"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return ended;
    }

    // --- using -----------------------------------------------------------------------------------------------------

    @Override
    public final void begin(Attempt attempt, String script) {
        M machine = machine(attempt);
        String start =
                "mkdir " + WORK + " && cat >" + WORK + "/script && { setsid sh -c 'sh " + WORK + "/script >" + WORK
                        + "/output 2>&1; echo $? >" + WORK + "/exit.new; mv " + WORK + "/exit.new " + WORK
                        + "/exit' </dev/null >/dev/null 2>&1 & }";
        work(attempt, () -> {
            machine.requireAlive();
            Files.createFile(machine.bundle().begun());
            SshResult result = machine.run(start, script, COMMAND);
            if (result.exitCode() != 0) {
                throw new IOException("the guest says " + result.exitCode() + ": "
                        + result.output().strip());
            }
            return result;
        });
    }

    @Override
    public final OptionalInt awaitEnd(Attempt attempt, Duration patience) throws InterruptedException {
        M machine = machine(attempt);
        Deadline deadline = Deadline.in(patience, guests.ticker());
        // Waits in the guest: one command that sleeps costs less than many that look.
        String look = "i=0; while [ ! -e " + WORK + "/exit ] && [ $i -lt 50 ]; do i=$((i + 1)); sleep 0.1; done; cat "
                + WORK + "/exit 2>/dev/null || echo running";
        while (true) {
            work(attempt, () -> {
                machine.requireAlive();
                if (!Files.exists(machine.bundle().begun())) {
                    throw new IOException("no script was started");
                }
                return machine;
            });
            try {
                String said = machine.run(look, "", COMMAND).output().strip();
                if (!said.equals("running")) {
                    return OptionalInt.of(Integer.parseInt(said));
                }
            } catch (IOException | NumberFormatException e) {
                log.debug().with("attempt", attempt).cause(e).log("the guest does not say how its script is doing");
            }
            if (deadline.passed()) {
                return OptionalInt.empty();
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    @Override
    public final String output(Attempt attempt) {
        M machine = machine(attempt);
        return work(attempt, () -> {
            machine.requireAlive();
            return machine.run("tail -c 65536 " + WORK + "/output", "", COMMAND).output();
        });
    }

    @Override
    public final Ran run(Attempt attempt, String command, String input, Duration patience) {
        M machine = machine(attempt);
        try {
            machine.requireAlive();
            SshResult result = machine.run(command, input, patience);
            return new Ran(result.exitCode(), result.output());
        } catch (IOException e) {
            // The machine may be sound, and what it was asked may take longer.
            throw failed(attempt, because(e), "give it more time, or look at it with: mayfly fleet show");
        }
    }

    @Override
    public final GuestStatus guest(Attempt attempt) throws InterruptedException {
        M machine = machine(attempt);
        try {
            machine.requireAlive();
            return machine.guest(ONE_QUESTION);
        } catch (IOException e) {
            throw failed(attempt, because(e), "ask again, or look at it with: mayfly fleet exec");
        }
    }

    @Override
    public final Login login(Attempt attempt) {
        M machine = machine(attempt);
        return work(attempt, () -> {
            machine.requireAlive();
            return new Login(
                    machine.address(),
                    guests.user(),
                    LoginKey.file(machine.bundle().folder()));
        });
    }

    @Override
    public final void destroy(Attempt attempt) {
        M machine = machine(attempt);
        work(attempt, () -> {
            machine.destroy();
            machines.remove(attempt, machine);
            return machine;
        });
    }

    protected interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    protected static <T> T work(Attempt attempt, Work<T> work) {
        try {
            return work.run();
        } catch (FileAlreadyExistsException e) {
            throw failed(attempt, "it was made or used before: " + e.getMessage(), "destroy it, and make another");
        } catch (IOException e) {
            throw failed(attempt, because(e), "destroy it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(attempt, "the agent is stopping", "destroy it");
        }
    }

    protected static String because(IOException e) {
        return Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    }

    protected static MayflyException failed(Attempt attempt, String why, String fix) {
        return new MayflyException(ErrorCode.MACHINE_FAILED, "the machine of " + attempt + " is of no use", why, fix);
    }

    protected static MayflyException unavailable(String why, String fix) {
        return new MayflyException(ErrorCode.MACHINES_UNAVAILABLE, "no machine can be made here", why, fix);
    }

    @Override
    public void close() {
        machines.values().forEach(GuestMachine::leave);
        guests.door().close();
    }
}
