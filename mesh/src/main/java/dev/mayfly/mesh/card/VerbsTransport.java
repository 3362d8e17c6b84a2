package dev.mayfly.mesh.card;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Backlog;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.verbs.CardEvent;
import dev.mayfly.platform.verbs.VerbsDevice;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Frames over an RDMA card. The card makes headers and checksum, and takes them off; frames that were changed on their way
 * it drops itself. It sleeps until the card says something. When the card or its queue breaks it is made anew, with another
 * queue pair; meanwhile everything that is to be sent fails, which blames nobody.
 *
 * <p>The source port is not for us to write: the card makes it of the flow label that it is given.
 */
public final class VerbsTransport implements Transport {
    private static final long FIRST_TRY_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_TRY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int EVENTS_AT_ONCE = 64;

    private final VerbsLibrary library;
    private final IpAddress address;
    private final Set<Integer> ports;
    private final Set<Integer> more = new HashSet<>();
    private final CardOptions options;
    private final Ticker ticker;
    private final Backlog backlog = new Backlog();
    private @Nullable VerbsDevice device;
    private @Nullable CardLink link;
    private int queuePair;
    private boolean cardStamps = true;
    private boolean portDown;
    private long openedNanos;
    private long tryAgainNanos;
    private long tryAfterNanos = FIRST_TRY_NANOS;
    private int renewals;
    private long odd;
    private boolean closed;

    private VerbsTransport(
            VerbsLibrary library, IpAddress address, List<Integer> ports, CardOptions options, Ticker ticker) {
        this.library = library;
        this.address = address;
        this.ports = Set.copyOf(ports);
        this.options = options;
        this.ticker = ticker;
        try {
            open(CardAddress.find(library, address).device());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the card that has this address.
     *
     * @param sourcePorts 0xC000 to 0xFFFF
     * @throws MayflyException {@code LISTEN_FAILED} when no card has it, or the card does not give what is needed
     */
    public static VerbsTransport open(
            VerbsLibrary library, IpAddress address, List<Integer> sourcePorts, CardOptions options, Ticker ticker) {
        for (int port : sourcePorts) {
            if (port < Roce.FIRST_SOURCE_PORT) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "an RDMA card cannot send from port " + port,
                        "cards make the port of a flow label, which gives 49152 to 65535",
                        "choose source ports from 49152 on");
            }
        }
        return new VerbsTransport(library, address, sourcePorts, options, ticker);
    }

    private void open(String name) {
        VerbsDevice opened = device;
        if (opened == null) {
            opened = library.open(name);
            device = opened;
        }
        CardAddress at = CardAddress.on(opened, address)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.LISTEN_FAILED,
                        "the RDMA card " + name + " has lost the address " + address,
                        "it is not among its addresses of RoCE version 2",
                        "ip addr add, on the card's interface"));
        CardLink made = CardLink.open(opened, at, address, options, cardStamps, ticker);
        link = made;
        openedNanos = ticker.nanos();
        queuePair = made.queuePair();
        portDown = !opened.port(at.port()).active();
    }

    @Override
    public IpAddress address() {
        return address;
    }

    @Override
    public Stamping stamping() {
        return link != null && link.stampsOfCard() ? Stamping.CARD : Stamping.PROGRAM;
    }

    @Override
    public OptionalInt queuePair() {
        return OptionalInt.of(queuePair);
    }

    /** How often the card or its queue had to be made anew. */
    public int renewals() {
        return renewals;
    }

    /** Whether frames can be sent at the moment. */
    public boolean up() {
        return link != null && !portDown;
    }

    /** Completions that fit nothing, and failed ones, since the beginning. */
    public long odd() {
        return odd + (link == null ? 0 : link.odd());
    }

    @Override
    public void send(Route route, ByteBuffer payload, int from, int length, long token) {
        if (!has(route.sourcePort()) || !route.source().equals(address) || length > LARGEST_PAYLOAD) {
            throw new IllegalArgumentException("cannot send " + length + " bytes by " + route + " from " + address);
        }
        if (link == null || portDown) {
            backlog.sendFailed(token);
        } else {
            link.send(route, payload, from, length, token, backlog);
        }
    }

    private boolean has(int port) {
        return ports.contains(port) || more.contains(port);
    }

    /** Takes nothing from anybody: services send from the same ports through their own queues. */
    @Override
    public boolean openPort(int sourcePort) {
        if (sourcePort < Roce.FIRST_SOURCE_PORT) {
            return false;
        }
        if (!ports.contains(sourcePort)) {
            more.add(sourcePort);
        }
        return true;
    }

    @Override
    public void closePort(int sourcePort) {
        more.remove(sourcePort);
    }

    @Override
    public void flush() {
        if (link != null) {
            link.flush(backlog);
        }
    }

    @Override
    public int receive(Receiver receiver, long waitNanos) {
        int told = drain(receiver);
        if (told > 0 || waitNanos <= 0) {
            return told;
        }
        if (link == null) {
            long untilTry = Math.max(0, tryAgainNanos - ticker.nanos());
            LockSupport.parkNanos(Math.min(waitNanos, untilTry + 1));
        } else {
            // What came between the look and the arming would not wake us, so there is another look.
            link.arm();
            told = drain(receiver);
            if (told == 0 && link != null) {
                link.await(waitNanos);
            }
        }
        return told + drain(receiver);
    }

    private int drain(Receiver receiver) {
        heedEvents();
        CardLink now = link;
        int told = 0;
        if (now != null) {
            now.reap(backlog);
            told = backlog.tell(receiver);
            told += now.drain(receiver);
            if (now.broken()) {
                renew(false);
            } else if (cardStamps && !now.stampsOfCard()) {
                // Later queues are not asked for what this card does not keep.
                cardStamps = false;
            }
        } else if (ticker.nanos() - tryAgainNanos >= 0) {
            tryAgain();
        }
        return told + backlog.tell(receiver);
    }

    private void heedEvents() {
        for (int i = 0; i < EVENTS_AT_ONCE && device != null; i++) {
            Optional<CardEvent> event = device.nextEvent();
            if (event.isEmpty()) {
                return;
            }
            switch (event.get()) {
                case QUEUE_BROKEN -> renew(false);
                case CARD_BROKEN -> renew(true);
                case PORT_DOWN, PORT_UP, ADDRESSES_CHANGED -> lookAgain();
                case OTHER -> {}
            }
        }
    }

    /** The port, and where our address is in its table, may be others now, and the others' Ethernet addresses as well. */
    private void lookAgain() {
        if (device == null || link == null) {
            return;
        }
        Optional<CardAddress> at = CardAddress.on(device, address);
        portDown = at.isEmpty() || !device.port(at.get().port()).active();
        link.renewWays(at.map(CardAddress::index).orElse(0));
    }

    /** @param card whether the card must be opened anew as well */
    private void renew(boolean card) {
        renewals++;
        String name = device == null ? "" : device.name();
        letGo(card);
        tryAgainNanos = ticker.nanos();
        if (ticker.since(openedNanos) < FIRST_TRY_NANOS) {
            // One that breaks as soon as it is made would keep us from everything else.
            putOff();
        } else if (!card) {
            tryToOpen(name);
        }
    }

    private void tryAgain() {
        String name;
        try {
            // It may have come back under another name.
            name = CardAddress.find(library, address).device();
        } catch (MayflyException e) {
            putOff();
            return;
        }
        tryToOpen(name);
    }

    private void tryToOpen(String name) {
        try {
            open(name);
            tryAfterNanos = FIRST_TRY_NANOS;
        } catch (MayflyException e) {
            letGo(true);
            putOff();
        }
    }

    private void putOff() {
        tryAgainNanos = ticker.nanos() + tryAfterNanos;
        tryAfterNanos = Math.min(2 * tryAfterNanos, LONGEST_TRY_NANOS);
    }

    private void letGo(boolean card) {
        if (link != null) {
            link.reap(backlog);
            link.fail(backlog);
            odd += link.odd();
            link.close();
            link = null;
        }
        if (card && device != null) {
            device.close();
            device = null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            letGo(true);
        }
    }
}
