package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.image.DiskClone;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.ssh.LoginKey;
import dev.mayfly.fleet.ssh.SshDoor;
import dev.mayfly.fleet.ssh.SshResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Machines under QEMU on Linux. */
public final class QemuBackend implements Backend {
    /** sockaddr_un has room for 108 bytes, the last of them zero (unix(7)). */
    private static final int LONGEST_SOCKET = 107;

    private static final int CONFIG_BYTES = 64 << 10;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /** A guest that is emulated on a busy host takes seconds for a key exchange; trying more often makes it worse. */
    private static final Duration LOGIN = Duration.ofSeconds(30);

    private static final Duration QUIT = Duration.ofSeconds(2);
    private static final Duration KILL = Duration.ofSeconds(10);
    private static final int TRIES_FOR_A_PORT = 5;

    /** The folder of the script in the guest; that it can be made is what lets a script start, once. */
    private static final String WORK = "/run/mayfly";

    private final QemuSettings settings;
    private final Accelerator accelerator;
    private final SshDoor door = SshDoor.open();
    private final Ticker ticker;
    private final Log log;

    /** @throws MayflyException {@code MACHINES_UNAVAILABLE} when this host cannot run such machines */
    public QemuBackend(QemuSettings settings, Ticker ticker, Log parentLog) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.log = parentLog.named("qemu");
        this.accelerator = Accelerator.here(Path.of("/"));
        if (!Files.isExecutable(settings.program())) {
            throw unavailable(settings.program() + " cannot be run", "apt-get install qemu-system-x86");
        }
        try {
            Files.createDirectories(settings.runners());
        } catch (IOException e) {
            throw unavailable(settings.runners() + " cannot be made: " + e.getMessage(), "name a folder for runners");
        }
        log.info().with("accelerator", accelerator.word()).log("machines are made with QEMU");
    }

    private static MayflyException unavailable(String why, String fix) {
        return new MayflyException(ErrorCode.MACHINES_UNAVAILABLE, "no machine can be made here", why, fix);
    }

    private Bundle bundle(Attempt attempt) {
        return Bundle.of(settings.runners().toAbsolutePath(), attempt);
    }

    @Override
    public Set<Attempt> survey() {
        try {
            return Bundle.all(settings.runners());
        } catch (IOException e) {
            throw unavailable(settings.runners() + " cannot be read: " + e.getMessage(), "name a folder for runners");
        }
    }

    @Override
    public void make(Plan plan) {
        Bundle bundle = bundle(plan.attempt());
        if (bundle.control().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            throw failed(plan.attempt(), bundle.control() + " is too long for a socket", "name a shorter folder");
        }
        try {
            Files.createDirectory(bundle.folder());
            LoginKey key = LoginKey.fresh();
            key.save(bundle.folder());
            writeConfig(bundle, plan, key);
            DiskClone disk = DiskClone.of(
                    settings.template().disk(), bundle.folder(), plan.type().diskBytes(), true, ticker);
            log.info()
                    .with("attempt", plan.attempt())
                    .with("way", disk.way().name())
                    .with("micros", disk.took().toNanos() / 1_000)
                    .log("disk cloned");
            start(plan, bundle, disk);
        } catch (FileAlreadyExistsException e) {
            throw failed(plan.attempt(), "there is a machine of it already", "destroy it first");
        } catch (IOException e) {
            throw failed(plan.attempt(), e.getClass().getSimpleName() + ": " + e.getMessage(), "look at " + bundle);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(plan.attempt(), "the agent is stopping", "try again");
        }
    }

    private static void writeConfig(Bundle bundle, Plan plan, LoginKey key) throws IOException {
        String text =
                "hostname " + plan.name() + "\nmachine-id " + plan.identity().machine() + "\nkey " + key.line() + "\n";
        Files.write(bundle.config(), Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), CONFIG_BYTES));
    }

    /** A port that is free now may be taken before QEMU has it; then another one is tried. */
    private void start(Plan plan, Bundle bundle, DiskClone disk) throws IOException, InterruptedException {
        for (int i = 1; true; i++) {
            int port = freePort();
            Files.writeString(bundle.port(), Integer.toString(port));
            Process process = new ProcessBuilder(QemuCommand.of(settings, accelerator, plan, bundle, disk, port))
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(bundle.complaints().toFile())
                    .start();
            if (answers(process, bundle)) {
                return;
            }
            String said = Files.readString(bundle.complaints()).strip();
            if (i >= TRIES_FOR_A_PORT || !said.contains("forwarding")) {
                throw new IOException("QEMU ended at once: " + said);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** @return false when it has ended */
    private boolean answers(Process process, Bundle bundle) throws IOException, InterruptedException {
        while (process.isAlive()) {
            if (Files.exists(bundle.control())) {
                try (Qmp qmp = Qmp.connect(bundle.control())) {
                    return qmp.status().equals("running");
                } catch (java.net.ConnectException e) {
                    log.debug().cause(e).log("QEMU does not listen yet");
                }
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return false;
    }

    @Override
    public Address awaitReady(Attempt attempt, Duration patience) throws InterruptedException {
        Bundle bundle = bundle(attempt);
        Deadline deadline = Deadline.in(patience, ticker);
        String trouble = "its guest has not said that it is ready";
        while (!deadline.passed()) {
            requireAlive(attempt, bundle);
            Optional<Address> address = address(bundle);
            if (address.isPresent()) {
                try {
                    run(bundle, address.get(), "true", "", shorter(LOGIN, deadline.left()));
                    return address.get();
                } catch (IOException e) {
                    trouble = "nobody can log in: " + e.getMessage();
                }
            }
            Thread.sleep(LOOK_AGAIN);
        }
        throw failed(attempt, trouble + " after " + patience.toSeconds() + " s", "look at " + bundle.console());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void requireAlive(Attempt attempt, Bundle bundle) {
        if (!bundle.exists()) {
            throw failed(attempt, "there is none", "make it");
        }
        if (Processes.of(bundle).isEmpty()) {
            throw failed(
                    attempt, "its process has ended", "destroy it, and look at " + bundle.complaints() + " before");
        }
    }

    /** Once the guest has said its host key, and after that, that it listens. */
    private static Optional<Address> address(Bundle bundle) {
        try {
            if (!Files.exists(bundle.channel()) || !Files.exists(bundle.port())) {
                return Optional.empty();
            }
            List<String> said = Files.readString(bundle.channel())
                    .lines()
                    .map(String::strip)
                    .toList();
            if (!said.contains("ready")) {
                return Optional.empty();
            }
            String mark = "hostkey ";
            int port = Integer.parseInt(Files.readString(bundle.port()).strip());
            return said.stream()
                    .filter(line -> line.startsWith(mark))
                    .map(line -> new Address("127.0.0.1", port, line.substring(mark.length())))
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private SshResult run(Bundle bundle, Address address, String command, String input, Duration time)
            throws IOException {
        return door.run(address, settings.template().sshUser(), LoginKey.load(bundle.folder()), command, input, time);
    }

    @Override
    public void begin(Attempt attempt, String script) {
        Bundle bundle = bundle(attempt);
        requireAlive(attempt, bundle);
        String start =
                "mkdir " + WORK + " && cat >" + WORK + "/script && { setsid sh -c 'sh " + WORK + "/script >" + WORK
                        + "/output 2>&1; echo $? >" + WORK + "/exit.new; mv " + WORK + "/exit.new " + WORK
                        + "/exit' </dev/null >/dev/null 2>&1 & }";
        try {
            Files.createFile(bundle.begun());
            Address address = address(bundle).orElseThrow(() -> new IOException("it is not ready"));
            SshResult result = run(bundle, address, start, script, LOGIN);
            if (result.exitCode() != 0) {
                throw new IOException("the guest says " + result.exitCode() + ": "
                        + result.output().strip());
            }
        } catch (FileAlreadyExistsException e) {
            throw failed(attempt, "a script was started before", "a machine is used once: make another");
        } catch (IOException e) {
            throw failed(attempt, "its script cannot be started: " + e.getMessage(), "destroy it");
        }
    }

    @Override
    public OptionalInt awaitEnd(Attempt attempt, Duration patience) throws InterruptedException {
        Bundle bundle = bundle(attempt);
        Deadline deadline = Deadline.in(patience, ticker);
        // Waits in the guest: one login that sleeps costs less than many that look.
        String look = "i=0; while [ ! -e " + WORK + "/exit ] && [ $i -lt 50 ]; do i=$((i + 1)); sleep 0.1; done; cat "
                + WORK + "/exit 2>/dev/null || echo running";
        while (true) {
            requireAlive(attempt, bundle);
            if (!Files.exists(bundle.begun())) {
                throw failed(attempt, "no script was started", "start one");
            }
            Optional<Address> address = address(bundle);
            if (address.isPresent()) {
                try {
                    String said =
                            run(bundle, address.get(), look, "", LOGIN).output().strip();
                    if (!said.equals("running")) {
                        return OptionalInt.of(Integer.parseInt(said));
                    }
                } catch (IOException | NumberFormatException e) {
                    log.debug().with("attempt", attempt).cause(e).log("the guest does not say how its script is doing");
                }
            }
            if (deadline.passed()) {
                return OptionalInt.empty();
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    @Override
    public String output(Attempt attempt) {
        Bundle bundle = bundle(attempt);
        requireAlive(attempt, bundle);
        try {
            Address address = address(bundle).orElseThrow(() -> new IOException("it is not ready"));
            return run(bundle, address, "tail -c 65536 " + WORK + "/output", "", LOGIN)
                    .output();
        } catch (IOException e) {
            throw failed(attempt, "its output cannot be read: " + e.getMessage(), "look at " + bundle.console());
        }
    }

    @Override
    public void destroy(Attempt attempt) {
        Bundle bundle = bundle(attempt);
        try {
            for (ProcessHandle process : Processes.of(bundle)) {
                quit(bundle);
                if (!Processes.awaitEnd(process, QUIT)) {
                    process.destroyForcibly();
                }
                if (!Processes.awaitEnd(process, KILL)) {
                    throw failed(attempt, "process " + process.pid() + " does not end", "look what it waits for");
                }
            }
            bundle.delete();
        } catch (IOException e) {
            throw failed(attempt, "something of it is left: " + e.getMessage(), "remove " + bundle.folder());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(attempt, "the agent is stopping", "destroy it again");
        }
    }

    /** Politely, so that QEMU lets go of everything itself; who does not listen is killed. */
    private void quit(Bundle bundle) {
        Thread asking = Thread.startVirtualThread(() -> {
            try (Qmp qmp = Qmp.connect(bundle.control())) {
                qmp.execute("quit");
            } catch (IOException e) {
                log.debug().cause(e).log("QEMU was not asked to end, or ended before it could answer");
            }
        });
        try {
            asking.join(QUIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asking.interrupt();
        }
    }

    private static MayflyException failed(Attempt attempt, String why, String fix) {
        return new MayflyException(ErrorCode.MACHINE_FAILED, "the machine of " + attempt + " is of no use", why, fix);
    }

    @Override
    public void close() {
        door.close();
    }
}
