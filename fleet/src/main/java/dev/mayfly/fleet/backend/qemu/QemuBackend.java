package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Login;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.Ran;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.image.TemplateGuard;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.ssh.LoginKey;
import dev.mayfly.fleet.ssh.SshDoor;
import dev.mayfly.fleet.ssh.SshResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Machines under QEMU on Linux. */
public final class QemuBackend implements Backend {
    /** sockaddr_un has room for 108 bytes, the last of them zero (unix(7)). */
    private static final int LONGEST_SOCKET = 107;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration COMMAND = Duration.ofSeconds(30);
    private static final Duration KILL = Duration.ofSeconds(10);

    /** The folder of the script in the guest; that it can be made is what lets a script start, once. */
    private static final String WORK = "/run/mayfly";

    private final QemuSettings settings;
    private final Workshop shop;
    private final Standing standing;
    private final HostRoom room;
    private final Path runners;
    private final Ticker ticker;
    private final Log log;
    private final Map<Attempt, QemuMachine> machines = new ConcurrentHashMap<>();

    /** @throws MayflyException {@code MACHINES_UNAVAILABLE} when this host cannot run such machines */
    public QemuBackend(QemuSettings settings, Ticker ticker, Log parentLog) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.log = parentLog.named("qemu");
        if (!Files.isExecutable(settings.program())) {
            throw unavailable(settings.program() + " cannot be run", "apt-get install qemu-system-x86");
        }
        Accelerator accelerator = Accelerator.here(Path.of("/"));
        try {
            Files.createDirectories(settings.runners());
            this.runners = settings.runners().toRealPath();
            String version = QemuVersion.of(settings.program());
            this.shop = new Workshop(
                    settings,
                    accelerator,
                    new TemplateGuard(settings.template()),
                    new WarmStates(settings, accelerator, version, settings.warm(), log),
                    new Hypervisor(ticker),
                    SshDoor.open(),
                    new SecureRandom(),
                    Clock.systemUTC(),
                    ticker,
                    log);
            log.info()
                    .with("accelerator", accelerator.word())
                    .with("version", version)
                    .log("machines are made with QEMU");
        } catch (IOException e) {
            throw unavailable(
                    e.getMessage() + "", "name a folder for runners that can be written, and a QEMU that runs");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the agent is stopping", "try again");
        }
        this.room = new HostRoom(Path.of("/proc/meminfo"), runners);
        this.standing = new Standing(shop, runners, room);
    }

    private static MayflyException unavailable(String why, String fix) {
        return new MayflyException(ErrorCode.MACHINES_UNAVAILABLE, "no machine can be made here", why, fix);
    }

    private QemuMachine machine(Attempt attempt) {
        return machines.computeIfAbsent(attempt, _ -> new QemuMachine(shop, Bundle.of(runners, attempt)));
    }

    private Shape shape(ResourceType type) {
        return Shape.of(type, settings.mostMemoryBytes());
    }

    @Override
    public Set<Attempt> survey() {
        try {
            return Bundle.all(runners);
        } catch (IOException e) {
            throw unavailable(runners + " cannot be read: " + e.getMessage(), "name a folder for runners");
        }
    }

    // --- making ----------------------------------------------------------------------------------------------------

    @Override
    public void make(Plan plan) {
        Attempt attempt = plan.attempt();
        requireShortName(attempt);
        QemuMachine machine = machine(attempt);
        Shape shape = shape(plan.type());
        work(attempt, () -> {
            room.promise(machine, shape);
            try {
                machine.make(attempt.toString(), shape, plan.name().value(), plan.identity());
            } finally {
                room.settle(machine);
            }
            StartTimes times = machine.times();
            log.info()
                    .with("attempt", attempt)
                    .with("way", times.way().name())
                    .with("why", times.why())
                    .with("clone_micros", times.cloned().toNanos() / 1_000)
                    .with("start_millis", times.started().toMillis())
                    .log("machine started");
            return machine;
        });
    }

    private void requireShortName(Attempt attempt) {
        Path longest = Bundle.of(runners, attempt).state();
        if (longest.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            throw failed(attempt, longest + " is too long for a socket", "name a shorter folder");
        }
    }

    @Override
    public Address awaitReady(Attempt attempt, Duration patience) throws InterruptedException {
        QemuMachine machine = machine(attempt);
        try {
            return machine.awaitReady(patience);
        } catch (IOException e) {
            throw failed(attempt, because(e), "destroy it");
        }
    }

    @Override
    public Optional<StartTimes> times(Attempt attempt) {
        return Optional.ofNullable(machines.get(attempt)).map(QemuMachine::times);
    }

    @Override
    public Optional<String> refusal(ResourceType type) {
        return room.refusal(shape(type));
    }

    // --- warm ------------------------------------------------------------------------------------------------------

    /** Whether machines of this size are restored and not booted. */
    public boolean isWarm(ResourceType type) {
        return shop.warm().find(shape(type)).isPresent();
    }

    /** Saves a machine of this size, from which others are restored. */
    @Override
    public void warm(ResourceType type, Duration patience) throws InterruptedException {
        Shape shape = shape(type);
        if (isWarm(type)) {
            return;
        }
        try {
            shop.warm().add(shape, (bundle, place) -> new QemuMachine(shop, bundle).save(shape, place, patience));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.MACHINE_FAILED,
                    "no machine of size " + type.word() + " could be saved",
                    because(e),
                    "machines are booted meanwhile; look at the template with: mayfly fleet template verify",
                    e);
        }
    }

    @Override
    public List<String> sweep() {
        List<String> swept = new ArrayList<>(shop.warm()
                .sweep(Arrays.stream(ResourceType.values()).map(this::shape).toList()));
        swept.addAll(standing.sweep());
        for (Path folder : List.of(runners, settings.warm().toAbsolutePath().normalize())) {
            for (ProcessHandle each : Processes.withoutBundle(folder)) {
                each.destroyForcibly();
                try {
                    swept.add("process " + each.pid() + (Processes.awaitEnd(each, KILL) ? "" : ", which does not end"));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        return swept;
    }

    @Override
    public Map<ResourceType, Integer> standing() {
        return standing.count();
    }

    @Override
    public void prepare(ResourceType type, Duration patience) throws InterruptedException {
        try {
            standing.add(type, shape(type), patience);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.MACHINE_FAILED, "no machine could be made to stand ready", because(e), "look at the log");
        }
    }

    @Override
    public Optional<Address> take(Plan plan) {
        requireShortName(plan.attempt());
        Bundle place = Bundle.of(runners, plan.attempt());
        if (place.exists()) {
            throw failed(plan.attempt(), "there is a machine of it already", "destroy it first");
        }
        while (true) {
            Optional<QemuMachine> ready = standing.next(plan.type());
            if (ready.isEmpty()) {
                return Optional.empty();
            }
            try {
                ready.get().rename(place, plan.name().value(), plan.identity());
                machines.put(plan.attempt(), ready.get());
                return Optional.of(ready.get().address());
            } catch (IOException e) {
                log.warn().with("attempt", plan.attempt()).cause(e).log("a machine that stood ready did not become it");
                work(plan.attempt(), () -> {
                    ready.get().destroy();
                    return ready;
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed(plan.attempt(), "the agent is stopping", "destroy it");
            }
        }
    }

    @Override
    public void dismiss() {
        standing.dismiss();
    }

    // --- using -----------------------------------------------------------------------------------------------------

    @Override
    public void begin(Attempt attempt, String script) {
        QemuMachine machine = machine(attempt);
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
    public OptionalInt awaitEnd(Attempt attempt, Duration patience) throws InterruptedException {
        QemuMachine machine = machine(attempt);
        Deadline deadline = Deadline.in(patience, ticker);
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
    public String output(Attempt attempt) {
        QemuMachine machine = machine(attempt);
        return work(attempt, () -> {
            machine.requireAlive();
            return machine.run("tail -c 65536 " + WORK + "/output", "", COMMAND).output();
        });
    }

    @Override
    public Ran run(Attempt attempt, String command, String input, Duration patience) {
        QemuMachine machine = machine(attempt);
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
    public Login login(Attempt attempt) {
        QemuMachine machine = machine(attempt);
        return work(attempt, () -> {
            machine.requireAlive();
            return new Login(
                    machine.address(),
                    settings.template().sshUser(),
                    LoginKey.file(machine.bundle().folder()));
        });
    }

    @Override
    public void destroy(Attempt attempt) {
        QemuMachine machine = machine(attempt);
        work(attempt, () -> {
            machine.destroy();
            machines.remove(attempt, machine);
            return machine;
        });
    }

    private interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    private static <T> T work(Attempt attempt, Work<T> work) {
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

    private static String because(IOException e) {
        return Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    }

    private static MayflyException failed(Attempt attempt, String why, String fix) {
        return new MayflyException(ErrorCode.MACHINE_FAILED, "the machine of " + attempt + " is of no use", why, fix);
    }

    @Override
    public void close() {
        machines.values().forEach(QemuMachine::leave);
        shop.door().close();
    }
}
