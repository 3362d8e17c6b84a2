package dev.mayfly.fleet.edge;

import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.wire.ManageMessages;
import dev.mayfly.proto.fleet.manage.AddOutcome;
import dev.mayfly.proto.fleet.manage.AddProgress;
import dev.mayfly.proto.fleet.manage.RunnerInfo;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.function.Function;

/** Tells one caller how his runner comes about. Whoever does not keep up is told the end only. Safe for concurrent use. */
final class AddStory {
    private final ServerCallStreamObserver<AddProgress> caller;
    private final Function<RunnerRecord, RunnerInfo> info;
    private boolean over;

    AddStory(ServerCallStreamObserver<AddProgress> caller, Function<RunnerRecord, RunnerInfo> info) {
        this.caller = caller;
        this.info = info;
    }

    synchronized void changed(RunnerRecord runner) {
        if (!over && caller.isReady()) {
            caller.onNext(AddProgress.newBuilder().setRunner(info.apply(runner)).build());
        }
    }

    /** @param runner as it is now, if it is known */
    synchronized void ends(AddAnswer answer, Optional<RunnerRecord> runner) {
        AddProgress.Builder last = AddProgress.newBuilder();
        runner.map(info).ifPresent(last::setRunner);
        switch (answer) {
            case AddAnswer.Ready ready -> {
                last.setOutcome(AddOutcome.ADD_OUTCOME_READY);
                ready.times().map(ManageMessages::message).ifPresent(last::setSplit);
            }
            case AddAnswer.NoRoom none ->
                last.setOutcome(AddOutcome.ADD_OUTCOME_NO_ROOM).setWhy(none.why());
            case AddAnswer.NameTaken _ -> last.setOutcome(AddOutcome.ADD_OUTCOME_NAME_TAKEN);
            case AddAnswer.Failed failed ->
                last.setOutcome(AddOutcome.ADD_OUTCOME_FAILED).setWhy(failed.why());
            case AddAnswer.Leaving _ -> last.setOutcome(AddOutcome.ADD_OUTCOME_LEAVING);
            case AddAnswer.NotYet _ -> last.setOutcome(AddOutcome.ADD_OUTCOME_NOT_YET);
        }
        if (!over && !caller.isCancelled()) {
            over = true;
            caller.onNext(last.build());
            caller.onCompleted();
        }
    }

    synchronized void fails(io.grpc.StatusRuntimeException why) {
        if (!over && !caller.isCancelled()) {
            over = true;
            caller.onError(why);
        }
    }
}
