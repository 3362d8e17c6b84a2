package dev.mayfly.env.repo.remote;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.wire.Statuses;
import dev.mayfly.proto.env.EnvironmentsGrpc;
import dev.mayfly.proto.env.EnvironmentsGrpc.EnvironmentsBlockingV2Stub;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One connection to a server: calls with deadlines, and failures as ours. */
final class Wire {
    /** One call. */
    interface Call<T> {
        T on(EnvironmentsBlockingV2Stub stub) throws StatusException, InterruptedException;
    }

    /** A step of a transfer. */
    interface Step<T> {
        T take() throws StatusException, InterruptedException, TimeoutException;
    }

    private final EnvironmentsBlockingV2Stub stub;
    private final String address;
    private final RemoteOptions options;

    Wire(Channel channel, String address, RemoteOptions options) {
        this.stub = EnvironmentsGrpc.newBlockingV2Stub(channel);
        this.address = address;
        this.options = options;
    }

    String address() {
        return address;
    }

    RemoteOptions options() {
        return options;
    }

    /** For transfers, whose steps have their own limits of time. */
    EnvironmentsBlockingV2Stub stub() {
        return stub;
    }

    <T> T ask(Call<T> call) {
        return ask(options.call(), call);
    }

    <T> T ask(Duration limit, Call<T> call) {
        return step(() -> call.on(stub.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)));
    }

    <T> T step(Step<T> step) {
        try {
            return step.take();
        } catch (StatusException e) {
            throw Statuses.fromWire(e, address);
        } catch (TimeoutException e) {
            throw unreachable("nothing came or went for " + options.stall().toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("the wait was interrupted", e);
        }
    }

    /** Every message of an answer; the call is given up when the consumer throws. */
    <T> void each(Call<BlockingClientCall<?, T>> begin, Consumer<T> consumer) {
        BlockingClientCall<?, T> call = step(() -> begin.on(stub));
        boolean whole = false;
        try {
            for (Optional<T> next = next(call); next.isPresent(); next = next(call)) {
                consumer.accept(next.get());
            }
            whole = true;
        } finally {
            if (!whole) {
                call.cancel("given up", new InterruptedException());
            }
        }
    }

    /** Empty at the end. */
    <T> Optional<T> next(BlockingClientCall<?, T> call) {
        return step(() -> Optional.ofNullable(call.read(options.stall().toNanos(), TimeUnit.NANOSECONDS)));
    }

    private MayflyException unreachable(String why, Exception cause) {
        return new MayflyException(
                ErrorCode.REMOTE_UNREACHABLE,
                "The repository " + address + " cannot be reached, or went away",
                why,
                "See that its server runs and that this machine reaches it, and try again.",
                cause);
    }

    MayflyException wrong(String why) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                "The repository " + address + " gave a wrong answer",
                why,
                "Check that repository; nothing of the answer was kept.");
    }
}
