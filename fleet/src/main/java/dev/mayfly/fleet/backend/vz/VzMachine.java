package dev.mayfly.fleet.backend.vz;

import dev.mayfly.base.time.Deadline;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.StartTimes.Way;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.GuestMachine;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.machine.Shape;
import dev.mayfly.fleet.guest.GuestIdentity;
import dev.mayfly.fleet.guest.GuestStatus;
import dev.mayfly.fleet.guest.Seed;
import dev.mayfly.fleet.guest.http.Announced;
import dev.mayfly.fleet.guest.http.HttpChannel;
import dev.mayfly.fleet.image.DiskClone;
import dev.mayfly.fleet.ssh.LoginKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One machine of macOS: a bundle, and a holder that has it. */
final class VzMachine extends GuestMachine {
    private static final Duration ONE_LOOK = Duration.ofSeconds(10);
    private static final Duration END = Duration.ofSeconds(20);
    private static final Duration KILL = Duration.ofSeconds(10);
    private static final int LONGEST_ANSWER = 256;

    private final VzShop shop;

    VzMachine(VzShop shop, Bundle bundle) {
        super(shop.guests(), bundle, VzHolder.SOCKET);
        this.shop = shop;
    }

    private String word() {
        return String.valueOf(bundle().folder().getFileName());
    }

    private Path file(String name) {
        return bundle().folder().resolve(name);
    }

    // --- making ----------------------------------------------------------------------------------------------------

    /** @throws java.nio.file.FileAlreadyExistsException when there is anything of it */
    void make(Shape shape, String name, Identity identity) throws IOException, InterruptedException {
        shop.guard().check();
        Files.createDirectory(bundle().folder());
        LoginKey key = LoginKey.fresh();
        key.save(bundle().folder());
        GuestIdentity who =
                GuestIdentity.fresh(name, identity, key.line(), shop.guests().random());
        who.save(bundle().identity());
        DiskClone disk = DiskClone.of(
                shop.template().template().disk(),
                bundle().folder(),
                shape.diskBytes(),
                false,
                shop.guests().ticker());
        DiskClone.duplicate(shop.template().auxiliary(), file(VzTemplate.AUXILIARY));
        shop.desk().expect(word(), who.nonce());
        Files.write(
                file(VirtualMachine.SEED),
                new Seed(
                                word(),
                                who.nonce(),
                                name,
                                key.line(),
                                shop.settings().host() + ":" + shop.desk().port())
                        .bytes());
        new VzRecipe(
                        shape.cpus(),
                        shape.memoryBytes(),
                        shop.template().hardwareModel(),
                        identity.mac().value(),
                        shop.settings().identifiers().toAbsolutePath().toString())
                .save(bundle().folder());
        long begun = shop.guests().ticker().nanos();
        start();
        times(new StartTimes(
                Way.BOOTED,
                disk.way().warning(),
                disk.took(),
                Duration.ofNanos(shop.guests().ticker().since(begun)),
                Duration.ZERO,
                Duration.ZERO));
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>(shop.settings().holder());
        command.add(bundle().folder().toString());
        Process process = new ProcessBuilder(command)
                .directory(bundle().folder().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(bundle().complaints().toFile())
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            if (!VzHolder.READY.equals(line)) {
                throw new IOException("the machine was not made: "
                        + Optional.ofNullable(line).orElse("its holder has ended; see " + bundle().complaints()));
            }
        }
    }

    // --- getting ready ---------------------------------------------------------------------------------------------

    /** Waits until the guest says where it is, which it does again and again until somebody has heard it. */
    @Override
    protected void identify(Deadline deadline) throws IOException, InterruptedException {
        // An agent that finds the machine half way has expected nobody yet.
        shop.desk().expect(word(), GuestIdentity.load(bundle().identity()).nonce());
        Duration left = deadline.left();
        Announced place = shop.desk()
                .await(word(), left.compareTo(ONE_LOOK) < 0 ? left : ONE_LOOK)
                .orElseThrow(() -> new IOException("the guest has not said where it is"));
        if (place.hostKey().isEmpty()) {
            throw new IOException("the guest says no host key; start its agent with a hook");
        }
        Files.writeString(bundle().port(), place.address() + "\n" + place.port() + "\n" + place.sshPort() + "\n");
        Path part = file("hostkey.new");
        Files.writeString(part, place.hostKey());
        Files.move(part, bundle().hostKey(), StandardCopyOption.ATOMIC_MOVE);
    }

    private Announced place() throws IOException {
        List<String> lines = Files.readAllLines(bundle().port());
        try {
            return new Announced(
                    lines.get(0),
                    Integer.parseInt(lines.get(1)),
                    Integer.parseInt(lines.get(2)),
                    Files.readString(bundle().hostKey()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("its address cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Address address() throws IOException {
        Announced place = place();
        return new Address(place.address(), place.sshPort(), place.hostKey());
    }

    @Override
    public GuestStatus guest(Duration patience) throws IOException, InterruptedException {
        try (HttpChannel channel =
                new HttpChannel(word(), GuestIdentity.load(bundle().identity()).nonce(), place())) {
            return channel.status();
        }
    }

    // --- its holder ------------------------------------------------------------------------------------------------

    @Override
    public void requireAlive() throws IOException {
        if (!bundle().exists()) {
            throw new IOException("there is none");
        }
        try {
            String said = ask("status");
            if (!said.equals("status running")) {
                throw new IOException("its machine does not run: " + said);
            }
        } catch (NoSuchFileException | java.net.SocketException e) {
            throw new IOException("its process has ended; see " + bundle().complaints(), e);
        }
    }

    private String ask(String question) throws IOException {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(file(VzHolder.SOCKET)));
            socket.write(ByteBuffer.wrap((question + "\n").getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(LONGEST_ANSWER);
            int n = 0;
            while (answer.hasRemaining() && n >= 0) {
                n = socket.read(answer);
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8).strip();
        }
    }

    /** The one that has written down its number, when that is still a process that began before. */
    private Optional<ProcessHandle> holder() throws IOException {
        Path file = file(VzHolder.PROCESS);
        try {
            long written = Files.getLastModifiedTime(file).toMillis();
            return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                    .filter(process -> process.info()
                            .startInstant()
                            .filter(begun -> begun.toEpochMilli() > written + 100)
                            .isEmpty());
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public void destroy() throws IOException, InterruptedException {
        leave();
        shop.desk().forget(word());
        Optional<ProcessHandle> holder = holder();
        if (holder.isPresent()) {
            try {
                ask("stop");
            } catch (IOException e) {
                holder.get().destroyForcibly(); // it does not listen, or has just ended
            }
            if (!Processes.awaitEnd(holder.get(), END)) {
                holder.get().destroyForcibly();
            }
            if (!Processes.awaitEnd(holder.get(), KILL)) {
                throw new IOException("process " + holder.get().pid() + " does not end");
            }
        }
        bundle().delete();
    }
}
