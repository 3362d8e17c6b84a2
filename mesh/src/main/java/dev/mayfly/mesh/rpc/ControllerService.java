package dev.mayfly.mesh.rpc;

import dev.mayfly.mesh.control.Coverage;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.controller.HealthQuestion;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.proto.mesh.AboutReply;
import dev.mayfly.proto.mesh.AboutRequest;
import dev.mayfly.proto.mesh.AgentReport;
import dev.mayfly.proto.mesh.Beat;
import dev.mayfly.proto.mesh.BeatReply;
import dev.mayfly.proto.mesh.ControllerGrpc;
import dev.mayfly.proto.mesh.CoverageReply;
import dev.mayfly.proto.mesh.CoverageRequest;
import dev.mayfly.proto.mesh.HealthReply;
import dev.mayfly.proto.mesh.HealthRequest;
import dev.mayfly.proto.mesh.PinglistRequest;
import dev.mayfly.proto.mesh.Registered;
import dev.mayfly.proto.mesh.ReportReply;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Our own protocol: each call to one method of the controller. */
final class ControllerService extends ControllerGrpc.ControllerImplBase {
    static final int PROTOCOL = 1;

    private final Controller controller;

    ControllerService(Controller controller) {
        this.controller = controller;
    }

    static <T> void answer(StreamObserver<T> to, Supplier<T> question) {
        T answer;
        try {
            answer = question.get();
        } catch (RuntimeException e) {
            to.onError(Statuses.toWire(e));
            return;
        }
        to.onNext(answer);
        to.onCompleted();
    }

    @Override
    public void about(AboutRequest request, StreamObserver<AboutReply> to) {
        answer(
                to,
                () -> AboutReply.newBuilder()
                        .setProtocol(PROTOCOL)
                        .setProgram("mayfly")
                        .build());
    }

    @Override
    public void register(dev.mayfly.proto.mesh.Registration request, StreamObserver<Registered> to) {
        answer(to, () -> {
            Registration registration = Words.value(request);
            Identity.ofThisCall().ifPresent(identity -> identity.allow(registration));
            Pace pace = controller.register(registration);
            return Registered.newBuilder()
                    .setWindowMillis((int) pace.window().toMillis())
                    .setReportMillis((int) pace.report().toMillis())
                    .build();
        });
    }

    @Override
    public void heartbeat(Beat request, StreamObserver<BeatReply> to) {
        answer(
                to,
                () -> BeatReply.newBuilder()
                        .setKnown(controller.heartbeat(request.getAgent()))
                        .build());
    }

    @Override
    public void watchPinglists(PinglistRequest request, StreamObserver<dev.mayfly.proto.mesh.Pinglist> to) {
        Map<IpAddress, Long> told = new HashMap<>();
        Outflow.open(
                to,
                changed -> controller.watchPinglists(request.getAgent(), changed),
                () -> controller.pinglists(request.getAgent()).stream()
                        .filter(list -> isNews(list, told))
                        .map(Words::message)
                        .toList());
    }

    private static boolean isNews(Pinglist list, Map<IpAddress, Long> told) {
        Long before = told.put(list.card(), list.version());
        return before == null || before != list.version();
    }

    @Override
    public void report(AgentReport request, StreamObserver<ReportReply> to) {
        answer(
                to,
                () -> ReportReply.newBuilder()
                        .setKnown(controller.report(Words.value(request)))
                        .build());
    }

    @Override
    public void health(HealthRequest request, StreamObserver<HealthReply> to) {
        answer(to, () -> HealthWords.message(controller.health(HealthWords.value(request))));
    }

    @Override
    public void watchHealth(HealthRequest request, StreamObserver<HealthReply> to) {
        HealthQuestion question;
        try {
            question = HealthWords.value(request);
        } catch (IllegalArgumentException e) {
            to.onError(Statuses.toWire(e));
            return;
        }
        Outflow.open(to, controller::watchHealth, () -> List.of(HealthWords.message(controller.health(question))));
    }

    @Override
    public void coverage(CoverageRequest request, StreamObserver<CoverageReply> to) {
        answer(to, () -> {
            Coverage coverage = controller.coverage();
            var out = CoverageReply.newBuilder().addAllShortfalls(coverage.shortfalls());
            coverage.links()
                    .forEach((name, flow) -> out.addLinks(CoverageReply.Link.newBuilder()
                            .setName(name)
                            .setProbe(flow.map(Object::toString).orElse(""))));
            return out.build();
        });
    }
}
