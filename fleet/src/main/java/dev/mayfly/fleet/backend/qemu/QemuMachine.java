package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.time.Deadline;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.StartTimes.Way;
import dev.mayfly.fleet.guest.GuestChannel;
import dev.mayfly.fleet.guest.GuestIdentity;
import dev.mayfly.fleet.image.DiskClone;
import dev.mayfly.fleet.ssh.LoginKey;
import dev.mayfly.fleet.ssh.SshResult;
import dev.mayfly.fleet.ssh.SshSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One machine: its bundle, and what this process holds of it, which is only to be faster: everything is found anew from the
 * bundle. Calls come one after the other but for {@link #destroy}, which makes the others fail.
 */
final class QemuMachine {
    /** A guest that is emulated on a busy host takes seconds for a key exchange; trying more often makes it worse. */
    private static final Duration LOGIN = Duration.ofSeconds(30);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration ONE_QUESTION = Duration.ofSeconds(15);
    private static final Duration QUIT = Duration.ofSeconds(2);
    private static final Duration KILL = Duration.ofSeconds(10);

    private final Workshop shop;
    private volatile Bundle bundle;
    private volatile StartTimes times =
            new StartTimes(Way.BOOTED, "", Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private final AtomicReference<Optional<ProcessHandle>> process = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<GuestChannel>> channel = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<SshSession>> session = new AtomicReference<>(Optional.empty());

    QemuMachine(Workshop shop, Bundle bundle) {
        this.shop = shop;
        this.bundle = bundle;
    }

    Bundle bundle() {
        return bundle;
    }

    StartTimes times() {
        return times;
    }

    // --- making ----------------------------------------------------------------------------------------------------

    /**
     * Clones and starts, from a saved machine when there is one and that works.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is anything of it
     */
    void make(String label, Shape shape, String name, Identity identity) throws IOException, InterruptedException {
        shop.template().check();
        Files.createDirectory(bundle.folder());
        LoginKey key = LoginKey.fresh();
        key.save(bundle.folder());
        GuestIdentity.fresh(name, identity, key.line(), shop.random()).save(bundle.identity());
        Optional<WarmState> warm = shop.warm().find(shape);
        String why = "no machine of this size was saved: warm the template";
        if (warm.isPresent()) {
            try {
                restore(label, shape, identity, warm.get());
                return;
            } catch (IOException e) {
                why = "the saved machine could not be restored: " + e.getMessage();
                shop.log()
                        .warn()
                        .with("machine", label)
                        .cause(e)
                        .log("a machine is booted, because it was not restored");
                end();
                clear();
            }
        }
        boot(label, shape, identity, why);
    }

    private void clear() throws IOException {
        for (DiskClone.Way way : DiskClone.Way.values()) {
            Files.deleteIfExists(bundle.folder().resolve(way.fileName()));
        }
        for (Path file : List.of(bundle.control(), bundle.guest(), bundle.state())) {
            Files.deleteIfExists(file);
        }
    }

    private void restore(String label, Shape shape, Identity identity, WarmState warm)
            throws IOException, InterruptedException {
        long size = Math.max(
                shape.diskBytes(), Files.size(shop.settings().template().disk()));
        DiskClone disk = DiskClone.ofSaved(warm.disk(), warm.way(), bundle.folder(), size, shop.ticker());
        long begun = shop.ticker().nanos();
        try (Qmp qmp = start(label, shape, identity, disk, new Memory.Shared(warm.memory()))) {
            // Before the machine goes on, so that its guest finds somebody there at once.
            hold(talk());
            shop.hypervisor().restore(qmp, bundle, warm.devices());
            requireRunning(qmp);
        }
        started(Way.RESTORED, "", disk, begun);
    }

    private void boot(String label, Shape shape, Identity identity, String why)
            throws IOException, InterruptedException {
        DiskClone disk = DiskClone.of(
                shop.settings().template().disk(), bundle.folder(), shape.diskBytes(), true, shop.ticker());
        long begun = shop.ticker().nanos();
        try (Qmp qmp = start(label, shape, identity, disk, new Memory.Fresh())) {
            requireRunning(qmp);
        }
        started(Way.BOOTED, why, disk, begun);
    }

    private Qmp start(String label, Shape shape, Identity identity, DiskClone disk, Memory memory)
            throws IOException, InterruptedException {
        return shop.hypervisor()
                .start(
                        bundle,
                        port -> QemuCommand.of(
                                shop.settings(), shop.accelerator(), label, shape, identity, disk.way(), memory, port));
    }

    private static void requireRunning(Qmp qmp) throws IOException {
        String status = qmp.status();
        if (!status.equals("running")) {
            throw new IOException("the machine is not running but " + status);
        }
    }

    private void started(Way way, String why, DiskClone disk, long begun) {
        Duration took = Duration.ofNanos(shop.ticker().since(begun));
        times = new StartTimes(way, why, disk.took(), took, Duration.ZERO, Duration.ZERO);
    }

    /**
     * Boots without identity, waits until the guest waits for one, and saves.
     *
     * @return how its disk was made
     */
    DiskClone.Way save(Shape shape, WarmState.Place place, Duration patience) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(patience, shop.ticker());
        shop.template().check();
        DiskClone disk = DiskClone.of(
                shop.settings().template().disk(), bundle.folder(), shape.diskBytes(), true, shop.ticker());
        try (Qmp qmp = start("warm", shape, WarmStates.NOBODY, disk, new Memory.Kept(place.memory()));
                GuestChannel talk = talk()) {
            if (talk.hello(deadline.left())) {
                throw new IOException("the guest has an identity already: such a template cannot be saved");
            }
            talk.prepare(deadline.left());
            shop.hypervisor().save(qmp, bundle, place.devices());
        } finally {
            end();
        }
        return disk.way();
    }

    // --- getting ready ---------------------------------------------------------------------------------------------

    private GuestChannel talk() throws IOException {
        return GuestChannel.open(bundle.guest(), shop.random(), shop.clock(), shop.ticker());
    }

    private void hold(GuestChannel next) {
        channel.getAndSet(Optional.of(next)).ifPresent(GuestChannel::close);
    }

    private GuestChannel held() throws IOException {
        Optional<GuestChannel> known = channel.get();
        if (known.isPresent()) {
            return known.get();
        }
        GuestChannel fresh = talk();
        hold(fresh);
        return fresh;
    }

    private void letGo() {
        channel.getAndSet(Optional.empty()).ifPresent(GuestChannel::close);
    }

    /** Gives the guest its identity when it has none, and waits until somebody has logged in. */
    Address awaitReady(Duration patience) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(patience, shop.ticker());
        String trouble = "";
        for (Duration pause = LOOK_AGAIN; true; pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE)) {
            requireAlive();
            try {
                long begun = shop.ticker().nanos();
                if (!Files.exists(bundle.hostKey())) {
                    identify(deadline);
                }
                Address address = address();
                long identified = shop.ticker().nanos();
                letGo();
                SshResult result = run("true", "", shorter(LOGIN, deadline.left()));
                if (result.exitCode() != 0) {
                    throw new IOException("the guest cannot run anything: " + result.output());
                }
                times = new StartTimes(
                        times.way(),
                        times.why(),
                        times.cloned(),
                        times.started(),
                        Duration.ofNanos(identified - begun),
                        Duration.ofNanos(shop.ticker().since(identified)));
                return address;
            } catch (IOException e) {
                // What goes wrong when time is over says less than what went wrong before.
                trouble = trouble.isEmpty() || !deadline.passed() ? String.valueOf(e.getMessage()) : trouble;
                letGo();
            }
            if (deadline.passed()) {
                throw new IOException(trouble + ", after " + patience.toSeconds() + " s; see " + bundle.console());
            }
            Thread.sleep(pause);
        }
    }

    private void identify(Deadline deadline) throws IOException, InterruptedException {
        GuestChannel talk = held();
        // Asked first, because who is still booting takes nothing in, and the time must be that of the moment.
        talk.hello(deadline.left());
        String hostKey = talk.become(GuestIdentity.load(bundle.identity()), shorter(LOGIN, deadline.left()));
        Path part = bundle.folder().resolve("hostkey.new");
        Files.writeString(part, hostKey);
        Files.move(part, bundle.hostKey(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Once the guest has said its host key. */
    Address address() throws IOException {
        try {
            int port = Integer.parseInt(Files.readString(bundle.port()).strip());
            return new Address("127.0.0.1", port, Files.readString(bundle.hostKey()));
        } catch (IllegalArgumentException e) {
            throw new IOException("its address cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Becomes somebody else's: another folder, another name and identity. Keys stay, which nobody else ever had. Whoever
     * finds it half way sees no host key, and does the rest as with a new machine.
     */
    void rename(Bundle place, String name, Identity identity) throws IOException, InterruptedException {
        long begun = shop.ticker().nanos();
        GuestIdentity.load(bundle.identity()).as(name, identity).save(bundle.identity());
        Files.delete(bundle.hostKey());
        Files.move(bundle.folder(), place.folder(), StandardCopyOption.ATOMIC_MOVE);
        bundle = place;
        identify(Deadline.in(ONE_QUESTION, shop.ticker()));
        letGo();
        Duration took = Duration.ofNanos(shop.ticker().since(begun));
        times = new StartTimes(Way.STANDING, "", Duration.ZERO, Duration.ZERO, took, Duration.ZERO);
    }

    /** Keeps the line to the guest open, for one that will be asked again at once. */
    void stayInTouch() throws IOException {
        held();
    }

    // --- using -----------------------------------------------------------------------------------------------------

    void requireAlive() throws IOException {
        if (!bundle.exists()) {
            throw new IOException("there is none");
        }
        if (handle().isEmpty()) {
            throw new IOException("its process has ended; see " + bundle.complaints());
        }
    }

    private Optional<ProcessHandle> handle() {
        Optional<ProcessHandle> known = process.get().filter(ProcessHandle::isAlive);
        if (known.isEmpty()) {
            known = Processes.of(bundle).stream().findFirst();
            process.set(known);
        }
        return known;
    }

    /** Through a login that is kept: under emulation, one takes longer than most of what is done with it. */
    SshResult run(String command, String input, Duration time) throws IOException {
        Optional<SshSession> known = session.get().filter(SshSession::isOpen);
        SshSession through = known.isPresent()
                ? known.get()
                : shop.door()
                        .login(address(), shop.settings().template().sshUser(), LoginKey.load(bundle.folder()), time);
        session.set(Optional.of(through));
        try {
            return through.run(command, input, time);
        } catch (IOException e) {
            hangUp();
            throw e;
        }
    }

    private void hangUp() {
        session.getAndSet(Optional.empty()).ifPresent(SshSession::close);
    }

    /** Lets the machine be. */
    void leave() {
        letGo();
        hangUp();
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    /** Leaves nothing. */
    void destroy() throws IOException, InterruptedException {
        end();
        bundle.delete();
    }

    private void end() throws IOException, InterruptedException {
        leave();
        for (ProcessHandle each : Processes.of(bundle)) {
            quit();
            if (!Processes.awaitEnd(each, QUIT)) {
                each.destroyForcibly();
            }
            if (!Processes.awaitEnd(each, KILL)) {
                throw new IOException("process " + each.pid() + " does not end");
            }
        }
    }

    /** Politely, so that QEMU lets go of everything itself; who does not listen is killed. */
    private void quit() throws InterruptedException {
        Thread asking = Thread.startVirtualThread(() -> {
            try (Qmp qmp = Qmp.connect(bundle.control())) {
                qmp.execute("quit");
            } catch (IOException e) {
                shop.log().debug().cause(e).log("QEMU was not asked to end, or ended before it could answer");
            }
        });
        try {
            asking.join(QUIT);
        } finally {
            asking.interrupt();
        }
    }
}
