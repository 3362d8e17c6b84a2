package dev.mayfly.fleet.edge;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.service.Pending;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Answers calls when the server does, without a thread that waits; a caller that hangs up is forgotten. */
final class Answering {
    /** So long before the caller's own deadline he is told, so that he hears more than that it has passed. */
    private static final Duration BEFORE_DEADLINE = Duration.ofSeconds(1);

    private Answering() {}

    /** @param say an answer, or the status to fail with */
    static <T, A> void when(Pending<T> pending, StreamObserver<A> caller, Function<T, Reply<A>> say) {
        ((ServerCallStreamObserver<A>) caller).setOnCancelHandler(pending::close);
        var _ = pending.answer()
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (failure != null) {
                                caller.onError(over());
                            } else {
                                say.apply(answer).to(caller);
                            }
                        },
                        Thread::startVirtualThread);
    }

    static StatusRuntimeException over() {
        return Status.UNAVAILABLE
                .withDescription("the fleet's server is ending, or another has taken over; ask again")
                .asRuntimeException();
    }

    /** One of two. */
    record Reply<A>(Optional<A> answer, Optional<Status> failure) {
        static <A> Reply<A> of(A answer) {
            return new Reply<>(Optional.of(answer), Optional.empty());
        }

        static <A> Reply<A> failed(Status status, String why) {
            return new Reply<>(Optional.empty(), Optional.of(status.withDescription(why)));
        }

        void to(StreamObserver<A> caller) {
            answer.ifPresent(value -> {
                caller.onNext(value);
                caller.onCompleted();
            });
            failure.ifPresent(status -> caller.onError(status.asRuntimeException()));
        }
    }

    /** What is wrong with a request, and what the server refuses, as statuses. */
    static <A> void guarded(StreamObserver<A> caller, Consumer<StreamObserver<A>> work) {
        try {
            work.accept(caller);
        } catch (IllegalArgumentException e) {
            caller.onError(Status.INVALID_ARGUMENT
                    .withDescription(String.valueOf(e.getMessage()))
                    .asRuntimeException());
        } catch (MayflyException e) {
            Status status = e.code() == ErrorCode.SERVICE_BUSY ? Status.RESOURCE_EXHAUSTED : Status.UNAVAILABLE;
            caller.onError(status.withDescription(e.why()).asRuntimeException());
        }
    }

    /** @param usual when the caller has no deadline of its own */
    static Duration patience(Duration usual) {
        io.grpc.Deadline deadline = Context.current().getDeadline();
        if (deadline == null) {
            return usual;
        }
        Duration left =
                Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)).minus(BEFORE_DEADLINE);
        return left.compareTo(usual) < 0 ? left.isNegative() ? Duration.ZERO : left : usual;
    }
}
