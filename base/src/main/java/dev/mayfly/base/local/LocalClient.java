package dev.mayfly.base.local;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection to a running service. Calls go one after the other; open one client per thread for more. Interrupting the
 * calling thread, or closing, ends the connection, and with it the call on the other side.
 */
public final class LocalClient implements LocalService, AutoCloseable {
    private final Path socket;
    private final LocalLimits limits;
    private final SocketChannel channel;
    private final FrameChannel frames;
    private final ReentrantLock calling = new ReentrantLock();

    private LocalClient(Path socket, LocalLimits limits, SocketChannel channel) {
        this.socket = socket;
        this.limits = limits;
        this.channel = channel;
        this.frames = new FrameChannel(channel);
    }

    /**
     * Connects, or says that nothing listens there: no socket file, or a dead one.
     *
     * @throws MayflyException {@code SERVICE_UNREACHABLE} when something is there but may not be reached
     */
    public static Optional<LocalClient> connect(Path socket, LocalLimits limits) {
        if (SocketFile.isTooLong(socket)) {
            return Optional.empty();
        }
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return Optional.of(new LocalClient(socket, limits, channel));
        } catch (IOException e) {
            SocketFile.closeQuietly(channel);
            if (e instanceof ConnectException || Files.notExists(socket)) {
                return Optional.empty();
            }
            throw new MayflyException(
                    ErrorCode.SERVICE_UNREACHABLE,
                    "cannot connect to the service at " + socket,
                    SocketFile.reason(e),
                    "run as the user who started the service, or choose another --home",
                    e);
        }
    }

    public static Optional<LocalClient> connect(Path socket) {
        return connect(socket, LocalLimits.DEFAULT);
    }

    @Override
    public Reply call(Call call, CallContext context) throws InterruptedException {
        Frame request = Wire.call(call);
        if (request.payload().length > limits.maxCallBytes()) {
            throw new MayflyException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "the call of " + call.operation() + " has " + request.payload().length + " bytes",
                    "more than the limit of " + limits.maxCallBytes() + " bytes for one call",
                    "send less in one request");
        }
        calling.lockInterruptibly();
        try {
            send(request);
            return receive(context);
        } catch (ClosedByInterruptException e) {
            // The flag was left set by the channel; the exception takes over from it.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("the call was given up").initCause(e);
        } catch (ProtocolException e) {
            close();
            throw new MayflyException(
                    ErrorCode.SERVICE_PROTOCOL,
                    "the answer of the service at " + socket + " makes no sense",
                    SocketFile.reason(e),
                    "client and service may be of different versions: stop the service and start it again",
                    e);
        } catch (IOException e) {
            close();
            throw new MayflyException(
                    ErrorCode.SERVICE_UNREACHABLE,
                    "the service at " + socket + " went away before it answered",
                    SocketFile.reason(e),
                    "look into its log, then run the command again",
                    e);
        } finally {
            calling.unlock();
        }
    }

    /** A service that refuses a call may close before it has read all of it; its reply is still there to be read. */
    private void send(Frame request) throws IOException {
        try {
            frames.write(request);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            if (!channel.isOpen()) {
                throw e;
            }
        }
    }

    private Reply receive(CallContext context) throws IOException {
        while (true) {
            Frame frame = frames.read(limits.maxReplyBytes()).orElse(null);
            if (frame == null) {
                throw new IOException("it closed the connection");
            }
            switch (frame.type()) {
                case PROGRESS -> context.progress(new String(frame.payload(), StandardCharsets.UTF_8));
                case DONE -> {
                    return Wire.done(frame);
                }
                case FAILED -> {
                    return Wire.failed(frame);
                }
                case CALL -> throw new ProtocolException("a reply is expected, not a call");
            }
        }
    }

    @Override
    public void close() {
        SocketFile.closeQuietly(channel);
    }
}
