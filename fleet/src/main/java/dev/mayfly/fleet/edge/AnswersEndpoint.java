package dev.mayfly.fleet.edge;

import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.fleet.wire.ManageMessages;
import dev.mayfly.proto.fleet.manage.AnswerReply;
import dev.mayfly.proto.fleet.manage.AnswerRequest;
import dev.mayfly.proto.fleet.manage.AnswersGrpc;
import io.grpc.stub.StreamObserver;

/** {@code mayfly.fleet.v1.Answers}. Who knows the id of a question was asked it. */
final class AnswersEndpoint extends AnswersGrpc.AnswersImplBase {
    private final FleetServer server;

    AnswersEndpoint(FleetServer server) {
        this.server = server;
    }

    @Override
    public void answer(AnswerRequest request, StreamObserver<AnswerReply> agent) {
        server.answered(
                request.getAskId(),
                switch (request.getResultCase()) {
                    case TEXT -> ManageMessages.text(request.getText());
                    case FAILURE -> new Answer.None(request.getFailure());
                    case RESULT_NOT_SET -> new Answer.None("its host has nothing to say to that");
                });
        agent.onNext(AnswerReply.getDefaultInstance());
        agent.onCompleted();
    }
}
