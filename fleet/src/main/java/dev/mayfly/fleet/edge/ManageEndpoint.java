package dev.mayfly.fleet.edge;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.edge.Answering.Reply;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Question;
import dev.mayfly.fleet.schedule.Health;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.AgentView;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.HostAnswer;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.fleet.service.Pending;
import dev.mayfly.fleet.service.StartHistory;
import dev.mayfly.fleet.wire.ManageMessages;
import dev.mayfly.proto.fleet.manage.AboutReply;
import dev.mayfly.proto.fleet.manage.AboutRequest;
import dev.mayfly.proto.fleet.manage.AddProgress;
import dev.mayfly.proto.fleet.manage.AddRequest;
import dev.mayfly.proto.fleet.manage.AgentPage;
import dev.mayfly.proto.fleet.manage.AgentsRequest;
import dev.mayfly.proto.fleet.manage.AnswerText;
import dev.mayfly.proto.fleet.manage.AskRequest;
import dev.mayfly.proto.fleet.manage.DrainRequest;
import dev.mayfly.proto.fleet.manage.FleetGrpc;
import dev.mayfly.proto.fleet.manage.ForgetHostRequest;
import dev.mayfly.proto.fleet.manage.HostOutcome;
import dev.mayfly.proto.fleet.manage.HostReply;
import dev.mayfly.proto.fleet.manage.PhaseTimes;
import dev.mayfly.proto.fleet.manage.RemoveOutcome;
import dev.mayfly.proto.fleet.manage.RemoveReply;
import dev.mayfly.proto.fleet.manage.RemoveRequest;
import dev.mayfly.proto.fleet.manage.RunnerInfo;
import dev.mayfly.proto.fleet.manage.RunnerPage;
import dev.mayfly.proto.fleet.manage.RunnersRequest;
import dev.mayfly.proto.fleet.manage.StartsReply;
import dev.mayfly.proto.fleet.manage.StartsRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code mayfly.fleet.v1.Fleet}. */
final class ManageEndpoint extends FleetGrpc.FleetImplBase {
    private static final int PAGE = 500;

    /** Beside what a command in a guest may take, for the ways. */
    private static final Duration WAYS = Duration.ofSeconds(40);

    private final FleetServer server;
    private final StartHistory starts;
    private final String version;
    private final long began = System.nanoTime();

    ManageEndpoint(FleetServer server, StartHistory starts, String version) {
        this.server = server;
        this.starts = starts;
        this.version = version;
    }

    private static <A> void answer(StreamObserver<A> caller, A answer) {
        caller.onNext(answer);
        caller.onCompleted();
    }

    @Override
    public void about(AboutRequest request, StreamObserver<AboutReply> caller) {
        List<AgentView> agents = server.view().agents();
        answer(
                caller,
                AboutReply.newBuilder()
                        .setProtocol(ManageMessages.PROTOCOL)
                        .setVersion(version)
                        .setPid(ProcessHandle.current().pid())
                        .setUptimeSeconds(
                                Duration.ofNanos(System.nanoTime() - began).toSeconds())
                        .setRunners(server.view().living())
                        .setAgents(agents.size())
                        .setAgentsOnline((int) agents.stream()
                                .filter(agent -> agent.host().health() == Health.ONLINE)
                                .count())
                        .setInputsWaiting(server.waiting())
                        .setStaleReports(server.refused())
                        .build());
    }

    // --- runners ---------------------------------------------------------------------------------------------------

    private Map<AgentId, String> hostnames() {
        return server.view().agents().stream()
                .collect(Collectors.toMap(
                        agent -> agent.record().id(), agent -> agent.record().hostname()));
    }

    private RunnerInfo info(RunnerRecord runner) {
        return ManageMessages.message(
                runner,
                runner.placed()
                        .flatMap(place -> server.view().agent(place.host()))
                        .map(agent -> agent.record().hostname())
                        .orElse(""));
    }

    private static RunnerInfo info(RunnerRecord runner, Map<AgentId, String> hostnames) {
        return ManageMessages.message(
                runner,
                runner.placed()
                        .map(place -> hostnames.getOrDefault(place.host(), ""))
                        .orElse(""));
    }

    @Override
    public void add(AddRequest request, StreamObserver<AddProgress> observer) {
        ServerCallStreamObserver<AddProgress> caller = (ServerCallStreamObserver<AddProgress>) observer;
        Answering.guarded(observer, _ -> {
            RunnerName name = new RunnerName(request.getRunnerName());
            Duration wanted = request.getPatienceSeconds() == 0
                    ? ShoesEndpoint.ADD
                    : Duration.ofSeconds(Integer.toUnsignedLong(request.getPatienceSeconds()));
            AddStory story = new AddStory(caller, this::info);
            Runnable unwatch = server.view().watch(name, story::changed);
            Pending<AddAnswer> pending;
            try {
                pending = server.begin(
                        name,
                        ManageMessages.wish(
                                request.getSetupScript(), request.getResourceType(), request.getLabelsList()),
                        wanted);
            } catch (RuntimeException e) {
                unwatch.run();
                throw e;
            }
            caller.setOnCancelHandler(() -> {
                unwatch.run();
                pending.close();
            });
            var _ = pending.answer()
                    .whenCompleteAsync(
                            (answer, failure) -> {
                                unwatch.run();
                                if (failure != null) {
                                    story.fails(Answering.over());
                                } else {
                                    story.ends(answer, id(answer).flatMap(server.view()::runner));
                                }
                            },
                            Thread::startVirtualThread);
        });
    }

    private static Optional<RunnerId> id(AddAnswer answer) {
        return switch (answer) {
            case AddAnswer.Ready ready -> Optional.of(ready.id());
            case AddAnswer.NameTaken taken -> Optional.of(taken.id());
            case AddAnswer.Failed failed -> Optional.of(failed.id());
            case AddAnswer.Leaving leaving -> Optional.of(leaving.id());
            case AddAnswer.NotYet notYet -> Optional.of(notYet.id());
            case AddAnswer.NoRoom _ -> Optional.empty();
        };
    }

    @Override
    public void remove(RemoveRequest request, StreamObserver<RemoveReply> caller) {
        Answering.guarded(caller, to -> {
            Optional<RunnerRecord> runner = one(request.getRunner(), to);
            Duration wanted = request.getPatienceSeconds() == 0
                    ? ShoesEndpoint.DELETE
                    : Duration.ofSeconds(Integer.toUnsignedLong(request.getPatienceSeconds()));
            runner.ifPresent(found -> Answering.when(
                    server.end(found.id(), wanted), to, answer -> Reply.of(removed(found.id(), answer))));
        });
    }

    private static RemoveReply removed(RunnerId id, DeleteAnswer answer) {
        RemoveReply.Builder reply = RemoveReply.newBuilder().setRunnerId(id.value());
        return switch (answer) {
            case DeleteAnswer.Gone() ->
                reply.setOutcome(RemoveOutcome.REMOVE_OUTCOME_GONE).build();
            case DeleteAnswer.Unknown() ->
                reply.setOutcome(RemoveOutcome.REMOVE_OUTCOME_UNKNOWN).build();
            case DeleteAnswer.Unconfirmed open ->
                reply.setOutcome(RemoveOutcome.REMOVE_OUTCOME_UNCONFIRMED)
                        .setWhy(open.why())
                        .build();
        };
    }

    /** The one that is meant; else the caller is told that there is none, or that there are several. */
    private Optional<RunnerRecord> one(String word, StreamObserver<?> caller) {
        List<RunnerRecord> found = word.isEmpty() ? List.of() : server.view().called(word);
        if (found.size() == 1) {
            return Optional.of(found.getFirst());
        }
        Status status = found.isEmpty()
                ? Status.NOT_FOUND.withDescription("no runner is called '" + word + "'")
                : Status.INVALID_ARGUMENT.withDescription("several runners begin with '" + word + "': "
                        + found.stream()
                                .map(RunnerRecord::id)
                                .map(String::valueOf)
                                .sorted()
                                .limit(5)
                                .collect(Collectors.joining(", ")));
        caller.onError(status.asRuntimeException());
        return Optional.empty();
    }

    @Override
    public void runners(RunnersRequest request, StreamObserver<RunnerPage> caller) {
        List<RunnerRecord> found;
        if (request.getRunner().isEmpty()) {
            found = server.view().runners().stream()
                    .filter(runner -> request.getGone() || !runner.gone())
                    .sorted(Comparator.comparing(RunnerRecord::name).thenComparing(RunnerRecord::id))
                    .toList();
        } else {
            Optional<RunnerRecord> one = one(request.getRunner(), caller);
            if (one.isEmpty()) {
                return;
            }
            found = List.of(one.get());
        }
        Map<AgentId, String> hostnames = hostnames();
        pages(
                found,
                caller,
                page -> RunnerPage.newBuilder()
                        .addAllRunners(page.stream()
                                .map(runner -> info(runner, hostnames))
                                .toList())
                        .build());
    }

    private static <T, P> void pages(List<T> all, StreamObserver<P> caller, Function<List<T>, P> page) {
        for (int at = 0; at < all.size(); at += PAGE) {
            caller.onNext(page.apply(all.subList(at, Math.min(all.size(), at + PAGE))));
        }
        caller.onCompleted();
    }

    // --- hosts -----------------------------------------------------------------------------------------------------

    @Override
    public void agents(AgentsRequest request, StreamObserver<AgentPage> caller) {
        List<AgentView> all = server.view().agents().stream()
                .sorted(Comparator.comparing((AgentView agent) -> agent.record().hostname())
                        .thenComparing(agent -> agent.record().id()))
                .toList();
        pages(
                all,
                caller,
                page -> AgentPage.newBuilder()
                        .addAllAgents(page.stream().map(ManageMessages::message).toList())
                        .build());
    }

    @Override
    public void drain(DrainRequest request, StreamObserver<HostReply> caller) {
        host(request.getAgent(), caller, agent -> server.drain(agent, request.getDraining()));
    }

    @Override
    public void forgetHost(ForgetHostRequest request, StreamObserver<HostReply> caller) {
        host(request.getAgent(), caller, server::forgetHost);
    }

    private void host(String word, StreamObserver<HostReply> caller, Function<AgentId, Pending<HostAnswer>> say) {
        List<AgentView> found = called(word);
        if (found.size() != 1) {
            answer(
                    caller,
                    HostReply.newBuilder()
                            .setOutcome(
                                    found.isEmpty()
                                            ? HostOutcome.HOST_OUTCOME_UNKNOWN
                                            : HostOutcome.HOST_OUTCOME_SEVERAL)
                            .setWhy(found.stream()
                                    .map(agent -> agent.record().id().value())
                                    .limit(5)
                                    .collect(Collectors.joining(", ")))
                            .build());
            return;
        }
        AgentView agent = found.getFirst();
        Answering.guarded(
                caller,
                to -> Answering.when(
                        say.apply(agent.record().id()),
                        to,
                        answer -> Reply.of(HostReply.newBuilder()
                                .setOutcome(outcome(answer))
                                .setAgentId(agent.record().id().value())
                                .setHostname(agent.record().hostname())
                                .build())));
    }

    private static HostOutcome outcome(HostAnswer answer) {
        return switch (answer) {
            case DONE -> HostOutcome.HOST_OUTCOME_DONE;
            case UNKNOWN -> HostOutcome.HOST_OUTCOME_UNKNOWN;
            case STILL_THERE -> HostOutcome.HOST_OUTCOME_STILL_THERE;
        };
    }

    private List<AgentView> called(String word) {
        List<AgentView> agents = server.view().agents();
        List<AgentView> exact = agents.stream()
                .filter(agent -> agent.record().id().value().equals(word)
                        || agent.record().hostname().equals(word))
                .toList();
        return !exact.isEmpty() || word.isEmpty()
                ? exact
                : agents.stream()
                        .filter(agent -> agent.record().id().value().startsWith(word))
                        .toList();
    }

    // --- what is known of machines ---------------------------------------------------------------------------------

    @Override
    public void starts(StartsRequest request, StreamObserver<StartsReply> caller) {
        StartsReply.Builder reply = StartsReply.newBuilder();
        starts.phases()
                .forEach(phase -> reply.addPhases(PhaseTimes.newBuilder()
                        .setPhase(phase.name())
                        .setCount(phase.count())
                        .setP50Us(ManageMessages.micros(phase.p50()))
                        .setP95Us(ManageMessages.micros(phase.p95()))
                        .setP99Us(ManageMessages.micros(phase.p99()))
                        .setMaxUs(ManageMessages.micros(phase.most()))));
        answer(caller, reply.build());
    }

    @Override
    public void ask(AskRequest request, StreamObserver<AnswerText> caller) {
        Answering.guarded(caller, to -> {
            Question question = ManageMessages.question(request.getQuestion());
            Optional<RunnerRecord> runner = one(request.getRunner(), to);
            runner.ifPresent(found -> ask(found, question, to));
        });
    }

    private void ask(RunnerRecord runner, Question question, StreamObserver<AnswerText> caller) {
        if (runner.placed().isEmpty()) {
            caller.onError(Status.FAILED_PRECONDITION
                    .withDescription("it has no host at the moment")
                    .asRuntimeException());
            return;
        }
        Duration patience =
                question instanceof Question.Exec exec ? exec.patience().plus(WAYS) : WAYS;
        var _ = server.ask(runner.placed().get().host(), runner.attempt(), question, patience)
                .whenCompleteAsync(
                        (answer, _) -> {
                            switch (answer) {
                                case Answer.Text text -> answer(caller, ManageMessages.message(text));
                                case Answer.None none ->
                                    caller.onError(Status.FAILED_PRECONDITION
                                            .withDescription(none.why())
                                            .asRuntimeException());
                            }
                        },
                        Thread::startVirtualThread);
    }
}
