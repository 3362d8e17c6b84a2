package dev.mayfly.sandbox.net;

import dev.mayfly.platform.linux.LoopbackAddress;
import dev.mayfly.platform.linux.Setns;
import dev.mayfly.platform.linux.SocketDescriptor;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.net.kernel.Counters;
import dev.mayfly.sandbox.net.kernel.SlotFilter;
import dev.mayfly.sandbox.net.wire.DnsQuestion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The network of one slot: its filter in the kernel, one listener and one DNS socket inside its namespace, and the session
 * of the run that is on.
 *
 * <p>Sockets are opened once. What a run may do is a matter of what stands in the filter's maps: for a run that may reach
 * nothing the listener is not in the map, so arm and disarm change nothing and only read one counter. The DNS socket is
 * always there, because the names a job asked for are the best evidence of what it wanted.
 *
 * <p>Nothing is lost between job and evidence: the kernel counts what it hands to our sockets, and disarm waits (briefly)
 * until as much has been taken from them.
 */
final class MediatedNetwork implements SlotNetwork {
    private static final int BACKLOG = 1024;
    private static final int DNS_MESSAGE = 1500;
    /** Questions answered per run; more is a flood, and is dropped and counted by the kernel. */
    private static final int QUESTIONS = 20_000;

    private static final InetSocketAddress NAME_SERVER = new InetSocketAddress("127.0.0.53", 53);
    /**
     * Programs that ask for names with AI_ADDRCONFIG get IPv4 answers only on a machine with an IPv4 address beside
     * 127.0.0.1; this one, the last of those that stand for names, is given to the box for that.
     */
    private static final byte[] OWN_ADDRESS = {(byte) 198, 19, (byte) 255, (byte) 254};

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final long CATCH_UP_NANOS = 100_000_000;

    /** @param port of the listener; a job can read it in /proc and must not come to the listener uncounted that way */
    private record Sockets(
            ServerSocketChannel listener, int listenerDescriptor, int port, DatagramChannel dns, int dnsDescriptor) {}

    private final Resolver resolver;
    private final Dialer dialer;
    private final OwnAddresses own;
    private final SlotFilter filter;
    private final Sockets sockets;
    private final List<Thread> threads;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong questions = new AtomicLong();
    private volatile @Nullable NetSession session;
    /** Where {@link #questions} stood when the run began. */
    private volatile long questionsBefore;

    private volatile boolean closed;

    // Used by the owner of the slot only.
    private Counters last = Counters.ZERO;
    private boolean dnsDropped;
    private boolean opened;

    private MediatedNetwork(Resolver resolver, Dialer dialer, OwnAddresses own, SlotFilter filter, Sockets sockets) {
        this.resolver = resolver;
        this.dialer = dialer;
        this.own = own;
        this.filter = filter;
        this.sockets = sockets;
        // Platform threads, because the first virtual thread that waits for a socket starts a poller that stays in the
        // kernel for good, and the JVM waits 300 ms for such threads when it ends: longer than a short command takes.
        this.threads = List.of(
                Thread.ofPlatform().daemon().name("net-accept").unstarted(this::acceptAll),
                Thread.ofPlatform().daemon().name("net-dns").unstarted(this::answerAll));
    }

    static MediatedNetwork open(long pid, Resolver resolver, Dialer dialer, OwnAddresses own) {
        SlotFilter filter = SlotFilter.attach(pid);
        try {
            Sockets sockets = Setns.inNetworkOf(pid, MediatedNetwork::openSockets);
            filter.steerDns(sockets.dnsDescriptor());
            filter.mediateLoopback(Set.of(sockets.port()));
            MediatedNetwork network = new MediatedNetwork(resolver, dialer, own, filter, sockets);
            network.threads.forEach(Thread::start);
            return network;
        } catch (RuntimeException e) {
            filter.close();
            throw e;
        }
    }

    /** The wildcard address of the widest family, since a dual-stack listener can be given flows of both. */
    private static Sockets openSockets() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        DatagramChannel dns = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            listener.bind(null, BACKLOG);
            dns.bind(NAME_SERVER);
            int nameServer = SocketDescriptor.ofUdp(NAME_SERVER.getPort());
            LoopbackAddress.add(nameServer, OWN_ADDRESS);
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            return new Sockets(listener, SocketDescriptor.ofTcpListener(port), port, dns, nameServer);
        } catch (IOException | RuntimeException e) {
            listener.close();
            dns.close();
            throw e;
        }
    }

    @Override
    public void arm(NetGrant grant) {
        if (session != null) {
            throw new IllegalStateException("armed twice without disarm");
        }
        session = new NetSession(grant, resolver, dialer, own, filter::dropTcp);
        if (dnsDropped) {
            filter.steerDns(sockets.dnsDescriptor());
            dnsDropped = false;
        }
        if (!grant.deniesAll()) {
            Set<Integer> ports = new HashSet<>(grant.loopbackPorts());
            ports.add(Connection.PROXY_PORT);
            ports.add(sockets.port());
            filter.mediateLoopback(ports);
            filter.steerTcp(sockets.listenerDescriptor(), grant.permitsSomeAddress());
            opened = true;
        }
    }

    @Override
    public NetEvidence disarm() {
        NetSession ending = session;
        if (ending == null) {
            return NetEvidence.NOTHING;
        }
        Counters now = catchUp();
        if (opened) {
            filter.dropTcp();
            filter.mediateLoopback(Set.of(sockets.port()));
            opened = false;
            ending.end();
        }
        session = null;
        if (now.drops() != last.drops()) {
            filter.takeDrops().forEach(ending::dropped);
        }
        if (now.unlisted() != last.unlisted()) {
            ending.log()
                    .denied(
                            DecisionLog.RULE_DEFAULT,
                            "(more destinations)",
                            "too many to list",
                            now.unlisted() - last.unlisted());
        }
        dnsDropped = questions.get() - questionsBefore >= QUESTIONS;
        // What was handed over but never came up (a full queue) is forgotten here, so that it delays one run only.
        accepted.set(now.steeredTcp());
        questions.set(now.steeredDns());
        questionsBefore = now.steeredDns();
        last = now;
        return ending.log().evidence();
    }

    /** Waits until all that the kernel gave to our sockets has been seen by our threads. */
    private Counters catchUp() {
        long until = System.nanoTime() + CATCH_UP_NANOS;
        while (true) {
            Counters now = filter.counters();
            boolean even = accepted.get() >= now.steeredTcp() && questions.get() >= now.steeredDns();
            if (even || closed || System.nanoTime() > until) {
                return now;
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(0, 200_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        filter.close();
        try {
            sockets.dns().close();
            sockets.listener().close();
        } catch (IOException e) {
            // the descriptors are gone in any case
        }
        NetSession ending = session;
        if (ending != null) {
            ending.end();
        }
        // A descriptor lives on until the thread that waits on it has left, and so does its port.
        threads.forEach(MediatedNetwork::await);
    }

    private static void await(Thread thread) {
        try {
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acceptAll() {
        while (!closed) {
            try {
                SocketChannel client = sockets.listener().accept();
                NetSession current = session;
                if (current == null) {
                    Connection.reset(client);
                } else {
                    current.admit(client);
                }
                accepted.incrementAndGet();
            } catch (IOException e) {
                pause(); // closed, or out of descriptors until others give some back
            }
        }
    }

    private void answerAll() {
        ByteBuffer buffer = ByteBuffer.allocate(DNS_MESSAGE);
        while (!closed) {
            try {
                buffer.clear();
                SocketAddress asker = sockets.dns().receive(buffer);
                byte[] message = Arrays.copyOf(buffer.array(), buffer.position());
                NetSession current = session;
                if (current != null) {
                    answer(current, message, asker);
                }
                if (questions.incrementAndGet() - questionsBefore == QUESTIONS) {
                    filter.dropDns();
                }
            } catch (IOException e) {
                // the asker went away, or we are closed
            }
        }
    }

    /** A lookup that must ask the world may take seconds and gets a thread of its own; the others are answered here. */
    private void answer(NetSession current, byte[] message, SocketAddress asker) throws IOException {
        Optional<DnsQuestion> question = DnsQuestion.parse(message);
        if (!NameServer.mayTakeLong(current, question)) {
            reply(NameServer.answer(current, question), asker);
            return;
        }
        current.lookUp(() -> {
            try {
                Optional<byte[]> answer = NameServer.answer(current, question);
                if (session == current) { // else whoever has the asker's port now is somebody else
                    reply(answer, asker);
                }
            } catch (IOException e) {
                // the asker went away
            }
        });
    }

    private void reply(Optional<byte[]> answer, SocketAddress asker) throws IOException {
        if (answer.isPresent()) {
            sockets.dns().send(ByteBuffer.wrap(answer.get()), asker);
        }
    }
}
