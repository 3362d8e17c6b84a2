package dev.mayfly.base.local;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.log.Log;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One client of the server.
 *
 * <p>The reading thread stays in {@code read} while a call runs on a thread of its own. That is how it notices that the
 * client has gone: the end of the stream during a call cancels the call. It also means that a client which sends a
 * second call before the reply to the first is refused, so at most one call runs per connection.
 */
final class Connection {
    private final SocketChannel channel;
    private final FrameChannel frames;
    private final LocalService service;
    private final LocalLimits limits;
    private final CallGate gate;
    private final Log log;

    private final ReentrantLock state = new ReentrantLock();
    private @Nullable Thread caller; // guarded by state; the thread of the running call
    private volatile boolean gone;

    Connection(SocketChannel channel, LocalService service, LocalLimits limits, CallGate gate, Log log) {
        this.channel = channel;
        this.frames = new FrameChannel(channel);
        this.service = service;
        this.limits = limits;
        this.gate = gate;
        this.log = log;
    }

    /** Serves the client until it leaves. */
    void run() {
        try {
            while (true) {
                Optional<Frame> frame = frames.read(limits.maxCallBytes());
                if (frame.isEmpty()) {
                    return;
                }
                start(Wire.call(frame.get()));
            }
        } catch (ProtocolException e) {
            log.warn().with("problem", SocketFile.reason(e)).log("client refused");
            tryToSend(Reply.Failed.of(
                    ErrorCode.SERVICE_PROTOCOL,
                    "the service could not understand the call",
                    SocketFile.reason(e),
                    "client and service may be of different versions: stop the service and start it again"));
        } catch (IOException e) {
            log.debug().with("reason", SocketFile.reason(e)).log("client lost");
        } finally {
            gone = true;
            interruptCall();
            SocketFile.closeQuietly(channel);
        }
    }

    private void start(Call call) throws ProtocolException {
        if (!gate.enter()) {
            tryToSend(Reply.Failed.of(
                    ErrorCode.SERVICE_BUSY,
                    "the service does not take " + call.operation() + " any more",
                    "it is stopping",
                    "wait until it has stopped, then run the command again"));
            return;
        }
        state.lock();
        try {
            if (caller != null) {
                gate.leave();
                throw new ProtocolException("a second call before the reply to the first");
            }
            caller = Thread.ofVirtual().name("local-" + call.operation()).start(() -> answer(call));
        } finally {
            state.unlock();
        }
    }

    private void answer(Call call) {
        try {
            Frame reply;
            try {
                reply = bounded(call, Wire.reply(service.call(call, new Context())));
            } catch (InterruptedException e) {
                reply = Wire.reply(Reply.Failed.of(
                        ErrorCode.SERVICE_BUSY,
                        call.operation() + " was given up",
                        "the service is stopping",
                        "start the service, then run the command again"));
            }
            // The client may send its next call the moment it has the reply.
            forgetCall();
            // A late interrupt is about the call, which is over; NIO would close the channel instead of writing.
            Thread.interrupted();
            send(reply);
        } finally {
            forgetCall();
            gate.leave();
        }
    }

    private Frame bounded(Call call, Frame reply) {
        int size = reply.payload().length;
        if (size <= limits.maxReplyBytes()) {
            return reply;
        }
        log.error()
                .with("operation", call.operation())
                .with("bytes", size)
                .with("limit", limits.maxReplyBytes())
                .log("reply too large");
        return Wire.reply(Reply.Failed.of(
                ErrorCode.SERVICE_PROTOCOL,
                "the result of " + call.operation() + " has " + size + " bytes",
                "more than the limit of " + limits.maxReplyBytes() + " bytes for one reply",
                "ask for less at once"));
    }

    private void forgetCall() {
        state.lock();
        try {
            if (Thread.currentThread().equals(caller)) {
                caller = null;
            }
        } finally {
            state.unlock();
        }
    }

    void interruptCall() {
        state.lock();
        try {
            if (caller != null) {
                caller.interrupt();
            }
        } finally {
            state.unlock();
        }
    }

    void tryToSend(Reply reply) {
        send(Wire.reply(reply));
    }

    private void send(Frame frame) {
        try {
            frames.write(frame);
        } catch (IOException e) {
            // The reading thread sees the same end and does what is needed.
            log.debug().with("reason", SocketFile.reason(e)).log("client lost");
        }
    }

    void close() {
        SocketFile.closeQuietly(channel);
    }

    private final class Context implements CallContext {
        @Override
        public void progress(String line) {
            // An interrupted thread that writes closes its channel, and with it the way for the reply.
            if (!cancelled()) {
                send(new Frame(FrameType.PROGRESS, Wire.progress(line)));
            }
        }

        @Override
        public boolean cancelled() {
            return gone || Thread.currentThread().isInterrupted();
        }
    }
}
