package dev.mayfly.sandbox.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The real resolver and dialer: the host's own name service, network and addresses. Safe for concurrent use. */
public final class HostSide implements Resolver, Dialer, OwnAddresses {
    private static final Duration RESOLVE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int LOOKUPS_AT_ONCE = 16;

    private final OwnAddresses own = new KernelOwnAddresses();
    private final Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);

    /**
     * getaddrinfo blocks its kernel thread, so it gets one of its own: a slow name server must not hold the carrier
     * threads of everybody else. A thread that overruns is left to end by itself; their number is bounded.
     */
    @Override
    public List<InetAddress> resolve(String name) throws UnknownHostException {
        FutureTask<List<InetAddress>> lookup = new FutureTask<>(() -> {
            try {
                return List.of(InetAddress.getAllByName(name));
            } finally {
                lookups.release();
            }
        });
        try {
            if (!lookups.tryAcquire(RESOLVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnknownHostException(name + ": too many lookups at once");
            }
            Thread.ofPlatform().name("resolve").daemon().start(lookup);
            return lookup.get(RESOLVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new UnknownHostException(name + ": " + e.getCause());
        } catch (TimeoutException e) {
            throw new UnknownHostException(name + ": no answer in " + RESOLVE_TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(name + ": interrupted");
        }
    }

    @Override
    public boolean include(InetAddress address) throws IOException {
        return own.include(address);
    }

    @Override
    public SocketChannel dial(InetSocketAddress approved) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(approved, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
