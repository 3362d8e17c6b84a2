package dev.mayfly.base.local;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.Objects;
import java.util.function.BiConsumer;

/** Makes every failure of a service a {@link Reply.Failed}, so that both ways in answer alike. */
public final class GuardedService implements LocalService {
    private final LocalService service;
    private final BiConsumer<Call, Throwable> unexpected;

    /** @param unexpected told of failures that are our own bugs, to be logged with their stack */
    public GuardedService(LocalService service, BiConsumer<Call, Throwable> unexpected) {
        this.service = Objects.requireNonNull(service, "service");
        this.unexpected = Objects.requireNonNull(unexpected, "unexpected");
    }

    @Override
    public Reply call(Call call, CallContext context) throws InterruptedException {
        try {
            return service.call(call, context);
        } catch (MayflyException e) {
            if (e.code() == ErrorCode.INTERNAL) {
                unexpected.accept(call, e);
            }
            return Reply.Failed.of(e);
        } catch (RuntimeException | Error e) {
            unexpected.accept(call, e);
            return Reply.Failed.of(
                    ErrorCode.INTERNAL,
                    "operation " + call.operation() + " failed unexpectedly",
                    e.toString(),
                    "this is a bug in Mayfly; the log of the service has the details");
        }
    }
}
