package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.net.wire.Bytes;
import dev.mayfly.sandbox.net.wire.ClientHello;
import dev.mayfly.sandbox.net.wire.DnsQuestion;
import dev.mayfly.sandbox.net.wire.FirstBytes;
import dev.mayfly.sandbox.net.wire.HostPort;
import dev.mayfly.sandbox.net.wire.HttpRequestGuard;
import dev.mayfly.sandbox.net.wire.Printable;
import dev.mayfly.sandbox.net.wire.ProxyRequest;
import dev.mayfly.sandbox.net.wire.TargetHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the job, from accept to close. Its local address is where the job wanted to go: the proxy port, the
 * name server, a synthetic address that stands for a name, or a literal address. Runs on one virtual thread, with a
 * second one for what comes back; blocking copies are the back-pressure.
 *
 * <p>Any thread may {@link #abort}: both sockets are then reset, and the two threads end by the exception they get.
 */
final class Connection implements Runnable {
    /** Where tools that use a proxy find one; the same listener, told apart by this port. */
    static final int PROXY_PORT = 3128;

    static final int DNS_PORT = 53;

    private static final int COPY_BYTES = 16 * 1024;
    private static final int ADDRESSES_TRIED = 4;

    /** A connection that ends against the rules; the sockets are reset and the reason is written down already. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private enum Answering {
        TRANSPARENT,
        HTTP,
        SOCKS
    }

    private final NetSession session;
    private final SocketChannel client;
    private final InetSocketAddress wanted;
    private final ClientBytes received;
    private final AtomicBoolean aborted = new AtomicBoolean();
    private volatile @Nullable SocketChannel upstream;
    private volatile String subject = "tcp (not yet said)";
    private volatile long lastActivity = System.nanoTime();
    /** Nano time by which the announcement must be complete; 0 while nothing is awaited. */
    private volatile long headDeadline;

    private volatile boolean sending = true;

    Connection(NetSession session, SocketChannel client, InetSocketAddress wanted) {
        this.wanted = wanted;
        this.session = session;
        this.headDeadline = session.headDeadline();
        this.client = client;
        this.received = new ClientBytes(client);
    }

    @Override
    public void run() {
        try {
            boolean loopback = wanted.getAddress().isLoopbackAddress();
            if (loopback && wanted.getPort() == DNS_PORT) {
                answerDns();
            } else if (loopback && wanted.getPort() == PROXY_PORT) {
                proxy();
            } else {
                TargetHost host = target(wanted.getAddress());
                mediate(new HostPort(host, wanted.getPort()), "", Answering.TRANSPARENT);
            }
            closeQuietly(client);
        } catch (IOException | Refused e) {
            abort();
        } finally {
            sending = false;
            abort();
            session.gone(this);
        }
    }

    /** Whether bytes of the job may still be on their way out. */
    boolean isSending() {
        return sending;
    }

    /** Resets both ends; idempotent. */
    void abort() {
        aborted.set(true);
        reset(client);
        SocketChannel other = upstream;
        if (other != null) {
            reset(other);
        }
    }

    void endIfOverdue(long now, Duration idle) {
        long deadline = headDeadline;
        if (deadline != 0 && now - deadline > 0) {
            session.log().denied(DecisionLog.RULE_CAPS, subject, "announced too slowly");
            abort();
        } else if (now - lastActivity > idle.toNanos()) {
            session.log().denied(DecisionLog.RULE_CAPS, subject, "idle too long");
            abort();
        }
    }

    static void reset(SocketChannel channel) {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException alreadyGone) {
            // then there is nothing left to reset
        }
        closeQuietly(channel);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // the descriptor is gone in any case
        }
    }

    /** A synthetic address is its name, so that evidence and decision speak of the name. */
    private TargetHost target(InetAddress address) {
        return session.names()
                .nameOf(address)
                .<TargetHost>map(TargetHost.Name::new)
                .orElseGet(() -> new TargetHost.Address(address));
    }

    private void proxy() throws IOException, Refused {
        subject = "tcp (proxy request)";
        received.require(1);
        if (received.bytes()[0] == ProxyRequest.SOCKS_VERSION) {
            ProxyRequest.Greeting greeting = ProxyRequest.socksGreeting(received.bytes(), received.length());
            while (greeting.used() == 0) {
                received.more();
                greeting = ProxyRequest.socksGreeting(received.bytes(), received.length());
            }
            received.consume(greeting.used());
            write(client, new byte[] {5, (byte) (greeting.acceptable() ? 0 : 0xff)});
            if (!greeting.acceptable()) {
                refuse(subject, "SOCKS client insists on authentication");
            }
            proxy(Answering.SOCKS);
        } else {
            proxy(Answering.HTTP);
        }
    }

    private void proxy(Answering style) throws IOException, Refused {
        while (true) {
            ProxyRequest request = style == Answering.SOCKS
                    ? ProxyRequest.socks(received.bytes(), received.length())
                    : ProxyRequest.http(received.bytes(), received.length());
            switch (request) {
                case ProxyRequest.Incomplete more -> received.more();
                case ProxyRequest.Malformed malformed -> {
                    answer(style, ProxyAnswer.BAD_REQUEST);
                    refuse(subject, malformed.why());
                }
                case ProxyRequest.Connect connect -> {
                    received.consume(connect.used());
                    HostPort target = connect.target();
                    if (target.host() instanceof TargetHost.Address address) {
                        target = new HostPort(target(address.value()), target.port());
                    }
                    mediate(target, connect.spelled(), style);
                    return;
                }
            }
        }
    }

    private void mediate(HostPort target, String spelled, Answering style) throws IOException, Refused {
        subject = Subject.tcp(target, spelled);
        switch (session.gatekeeper().rule(target.host(), target.port())) {
            case Ruling.Denied denied -> {
                session.log().denied(denied.rule(), subject, denied.reason());
                answer(style, ProxyAnswer.DENIED);
                throw new Refused();
            }
            case Ruling.Unreachable unreachable -> {
                session.log().allowed(subject, unreachable.reason());
                answer(style, ProxyAnswer.UNREACHABLE);
                throw new Refused();
            }
            case Ruling.Permitted permitted -> {
                DecisionLog.Tally tally = session.log().allowed(subject, permitted.reason());
                SocketChannel server = dial(permitted, target.port(), style);
                answer(style, ProxyAnswer.CONNECTED);
                headDeadline = 0;
                lastActivity = System.nanoTime();
                relay(server, permitted.name(), target.port(), tally);
            }
        }
    }

    private SocketChannel dial(Ruling.Permitted permitted, int port, Answering style) throws IOException, Refused {
        IOException last = new IOException("no address");
        for (InetAddress address :
                permitted.addresses().stream().limit(ADDRESSES_TRIED).toList()) {
            try {
                SocketChannel server = session.dialer().dial(new InetSocketAddress(address, port));
                upstream = server;
                if (aborted.get()) { // the abort may have come before it could see this socket
                    throw new Refused();
                }
                server.setOption(StandardSocketOptions.TCP_NODELAY, true);
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return server;
            } catch (IOException e) {
                last = e;
            }
        }
        answer(style, ProxyAnswer.UNREACHABLE);
        throw last;
    }

    private void relay(SocketChannel server, Optional<String> name, int port, DecisionLog.Tally tally)
            throws IOException, Refused {
        Thread back = Thread.ofVirtual().name("net-back").start(() -> copyBack(server, tally));
        Optional<HttpRequestGuard> guard = Optional.empty();
        if (name.isPresent()) {
            guard = inspect(name.get(), port);
        }
        while (received.length() > 0 || received.tryMore()) {
            lastActivity = System.nanoTime();
            byte[] out = Arrays.copyOf(received.bytes(), received.length());
            received.consume(received.length());
            if (guard.isPresent()) {
                out = pass(guard.get(), out, name.orElseThrow(), port);
            }
            carry(server, out, tally);
        }
        server.shutdownOutput();
        sending = false;
        try {
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeQuietly(server);
    }

    /** Holds back the first bytes until they say which host is meant; anything but the approved one ends it here. */
    private Optional<HttpRequestGuard> inspect(String name, int port) throws IOException, Refused {
        if (!received.tryMore()) {
            return Optional.empty();
        }
        headDeadline = session.headDeadline();
        FirstBytes kind = FirstBytes.of(received.bytes(), received.length());
        while (kind == FirstBytes.UNDECIDED) {
            kind = received.tryMore()
                    ? FirstBytes.of(received.bytes(), received.length())
                    : FirstBytes.ofWhole(received.bytes(), received.length());
        }
        if (kind == FirstBytes.TLS) {
            requireServerName(name, port);
        }
        headDeadline = 0;
        return kind == FirstBytes.HTTP ? Optional.of(new HttpRequestGuard(name, port)) : Optional.empty();
    }

    private void requireServerName(String name, int port) throws IOException, Refused {
        String via = " via " + name + ":" + port;
        while (true) {
            switch (ClientHello.parse(received.bytes(), received.length())) {
                case ClientHello.Incomplete more -> received.more();
                case ClientHello.Malformed malformed -> refuse("tls (malformed)" + via, malformed.why());
                case ClientHello.Hello hello -> {
                    if (hello.serverName().isEmpty()) {
                        refuse("tls (no server name)" + via, "TLS without a server name to compare");
                    }
                    switch (hello.serverName().orElseThrow()) {
                        case TargetHost.Name said
                        when said.canonical().equals(name) -> {
                            return;
                        }
                        case TargetHost.Name said ->
                            refuse("tls " + said.canonical() + via, "TLS server name is not the approved name");
                        case TargetHost.Address said ->
                            refuse(
                                    "tls " + said.value().getHostAddress() + via,
                                    "TLS server name is not the approved name");
                        case TargetHost.Malformed said -> refuse("tls (malformed name)" + via, said.why());
                    }
                }
            }
        }
    }

    private byte[] pass(HttpRequestGuard guard, byte[] bytes, String name, int port) throws Refused {
        try {
            return guard.pass(bytes, 0, bytes.length);
        } catch (HttpRequestGuard.Refused e) {
            String said = e.subject().isEmpty() ? "(request)" : e.subject();
            session.log()
                    .denied(
                            DecisionLog.RULE_DEFAULT,
                            "http " + said + " via " + name + ":" + port,
                            String.valueOf(e.getMessage()));
            throw new Refused();
        }
    }

    private void copyBack(SocketChannel server, DecisionLog.Tally tally) {
        ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
        try {
            while (server.read(buffer) >= 0) {
                lastActivity = System.nanoTime();
                byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
                buffer.clear();
                carry(client, bytes, tally);
            }
            client.shutdownOutput();
        } catch (IOException | Refused e) {
            abort();
        }
    }

    private void carry(SocketChannel to, byte[] bytes, DecisionLog.Tally tally) throws IOException, Refused {
        if (!session.mayCarry(bytes.length)) {
            throw new Refused();
        }
        tally.carried(bytes.length);
        write(to, bytes);
        lastActivity = System.nanoTime();
    }

    private static void write(SocketChannel to, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
    }

    /** DNS over TCP (RFC 1035 section 4.2.2): questions with a length before each, until the client is done. */
    private void answerDns() throws IOException, Refused {
        subject = "tcp (name server)";
        while (received.length() > 0 || received.tryMore()) {
            received.require(2);
            int length = Bytes.u16(received.bytes(), 0);
            received.require(2 + length);
            byte[] message = Arrays.copyOfRange(received.bytes(), 2, 2 + length);
            received.consume(2 + length);
            Optional<byte[]> answer = NameServer.answer(session, DnsQuestion.parse(message));
            if (answer.isEmpty()) {
                throw new Refused();
            }
            byte[] bytes = answer.get();
            write(client, new byte[] {(byte) (bytes.length >> 8), (byte) bytes.length});
            write(client, bytes);
        }
    }

    private void answer(Answering style, ProxyAnswer answer) throws IOException {
        switch (style) {
            case TRANSPARENT -> {}
            case HTTP -> write(client, answer.http().getBytes(StandardCharsets.US_ASCII));
            case SOCKS -> write(client, new byte[] {5, answer.socks(), 0, 1, 0, 0, 0, 0, 0, 0});
        }
        if (style != Answering.TRANSPARENT && answer != ProxyAnswer.CONNECTED) {
            client.shutdownOutput();
            client.close(); // in order, so that the answer arrives before the end
        }
    }

    private void refuse(String what, String why) throws Refused {
        session.log().denied(DecisionLog.RULE_DEFAULT, Printable.spaced(what), why);
        throw new Refused();
    }
}
