package dev.mayfly.fleet.backend.machine;

import dev.mayfly.base.time.Deadline;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.guest.GuestChannel;
import dev.mayfly.fleet.guest.GuestIdentity;
import dev.mayfly.fleet.guest.GuestStatus;
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
import java.util.concurrent.locks.ReentrantLock;

/**
 * One machine: its bundle, and what this process holds of it, which is only to be faster: everything is found anew from the
 * bundle. Calls come one after the other but for {@link #destroy}, which makes the others fail.
 */
public abstract class GuestMachine {
    /** A guest that is emulated on a busy host takes seconds for a key exchange; trying more often makes it worse. */
    private static final Duration LOGIN = Duration.ofSeconds(30);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Guests guests;
    private final String mark;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Bundle bundle;
    private volatile StartTimes times =
            new StartTimes(StartTimes.Way.BOOTED, "", Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private final AtomicReference<Optional<ProcessHandle>> process = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<GuestChannel>> channel = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<SshSession>> session = new AtomicReference<>(Optional.empty());

    /** @param mark stands on the command line of its process, and of nothing else that works in such a folder */
    protected GuestMachine(Guests guests, Bundle bundle, String mark) {
        this.guests = guests;
        this.bundle = bundle;
        this.mark = mark;
    }

    public final Bundle bundle() {
        return bundle;
    }

    protected final void moved(Bundle place) {
        bundle = place;
    }

    public final StartTimes times() {
        return times;
    }

    protected final void times(StartTimes now) {
        times = now;
    }

    /** Leaves nothing. */
    public abstract void destroy() throws IOException, InterruptedException;

    // --- getting ready ---------------------------------------------------------------------------------------------

    protected final GuestChannel talk() throws IOException {
        return GuestChannel.open(bundle.guest(), guests.random(), guests.clock(), guests.ticker());
    }

    protected final void hold(GuestChannel next) {
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

    protected final void letGo() {
        channel.getAndSet(Optional.empty()).ifPresent(GuestChannel::close);
    }

    /** Gives the guest its identity when it has none, and waits until somebody has logged in. */
    public final Address awaitReady(Duration patience) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(patience, guests.ticker());
        String trouble = "";
        for (Duration pause = LOOK_AGAIN; true; pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE)) {
            requireAlive();
            try {
                long begun = guests.ticker().nanos();
                if (!Files.exists(bundle.hostKey())) {
                    identify(deadline);
                }
                Address address = address();
                long identified = guests.ticker().nanos();
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
                        Duration.ofNanos(guests.ticker().since(identified)));
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

    protected void identify(Deadline deadline) throws IOException, InterruptedException {
        // Asked first, because who is still booting takes nothing in, and the time must be that of the moment.
        held().hello(deadline.left());
        become(deadline);
    }

    /** For a guest that listens. */
    protected final void become(Deadline deadline) throws IOException, InterruptedException {
        String hostKey = held().become(GuestIdentity.load(bundle.identity()), shorter(LOGIN, deadline.left()));
        Path part = bundle.folder().resolve("hostkey.new");
        Files.writeString(part, hostKey);
        Files.move(part, bundle.hostKey(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Once the guest has said its host key. */
    public Address address() throws IOException {
        try {
            int port = Integer.parseInt(Files.readString(bundle.port()).strip());
            return new Address("127.0.0.1", port, Files.readString(bundle.hostKey()));
        } catch (IllegalArgumentException e) {
            throw new IOException("its address cannot be read: " + e.getMessage(), e);
        }
    }

    /** Keeps the line to the guest open, for one that will be asked again at once. */
    public final void stayInTouch() throws IOException {
        held();
    }

    /** What its guest says of itself. One at a time, because a hypervisor lets one in. */
    public GuestStatus guest(Duration patience) throws IOException, InterruptedException {
        asking.lockInterruptibly();
        try (GuestChannel talk = talk()) {
            return talk.status(GuestIdentity.load(bundle.identity()), patience);
        } finally {
            asking.unlock();
        }
    }

    // --- using -----------------------------------------------------------------------------------------------------

    public void requireAlive() throws IOException {
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
            known = processes().stream().findFirst();
            process.set(known);
        }
        return known;
    }

    protected final List<ProcessHandle> processes() {
        return Processes.of(bundle, mark);
    }

    /** Through a login that is kept: under emulation, one takes longer than most of what is done with it. */
    public final SshResult run(String command, String input, Duration time) throws IOException {
        Optional<SshSession> known = session.get().filter(SshSession::isOpen);
        SshSession through = known.isPresent()
                ? known.get()
                : guests.door().login(address(), guests.user(), LoginKey.load(bundle.folder()), time);
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
    public final void leave() {
        letGo();
        hangUp();
    }
}
