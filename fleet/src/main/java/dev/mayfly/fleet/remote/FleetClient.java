package dev.mayfly.fleet.remote;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Question;
import dev.mayfly.fleet.wire.ManageMessages;
import dev.mayfly.proto.fleet.manage.AboutReply;
import dev.mayfly.proto.fleet.manage.AboutRequest;
import dev.mayfly.proto.fleet.manage.AddOutcome;
import dev.mayfly.proto.fleet.manage.AddProgress;
import dev.mayfly.proto.fleet.manage.AddRequest;
import dev.mayfly.proto.fleet.manage.AgentPage;
import dev.mayfly.proto.fleet.manage.AgentsRequest;
import dev.mayfly.proto.fleet.manage.AskRequest;
import dev.mayfly.proto.fleet.manage.DrainRequest;
import dev.mayfly.proto.fleet.manage.FleetGrpc;
import dev.mayfly.proto.fleet.manage.FleetGrpc.FleetBlockingV2Stub;
import dev.mayfly.proto.fleet.manage.ForgetHostRequest;
import dev.mayfly.proto.fleet.manage.HostReply;
import dev.mayfly.proto.fleet.manage.RemoveReply;
import dev.mayfly.proto.fleet.manage.RemoveRequest;
import dev.mayfly.proto.fleet.manage.RunnerPage;
import dev.mayfly.proto.fleet.manage.RunnersRequest;
import dev.mayfly.proto.fleet.manage.StartsRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What people ask of a server. Every call fails with {@code FLEET_UNREACHABLE} when nobody answers and with {@code
 * FLEET_REFUSED} when the server does not let this client in.
 */
public final class FleetClient implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(20);

    /** Beside what somebody is ready to wait for. */
    private static final Duration WAYS = Duration.ofSeconds(45);

    private final ServerAddress server;
    private final ManagedChannel channel;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final FleetBlockingV2Stub stub;
    private final Failures failures;

    /** Without asking whether anybody is there: that shows at the first call. */
    public FleetClient(ServerAddress server) {
        this.server = server;
        this.channel = server.open(threads);
        this.stub = FleetGrpc.newBlockingV2Stub(channel);
        this.failures = new Failures(server.toString());
    }

    private interface Call<T> {
        T on(FleetBlockingV2Stub stub) throws StatusException, InterruptedException;
    }

    private <T> T ask(Duration limit, Call<T> call) throws InterruptedException {
        try {
            return call.on(stub.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("somebody ended this command");
            }
            throw failures.of(e);
        }
    }

    /** Who the server is, and how it does. */
    public JsonObject about() throws InterruptedException {
        AboutReply about = ask(LOOK, with -> with.about(AboutRequest.getDefaultInstance()));
        if (about.getProtocol() != ManageMessages.PROTOCOL) {
            throw new MayflyException(
                    ErrorCode.FLEET_REFUSED,
                    "the fleet's server at " + server + " is of another version than this program",
                    "it speaks version " + Integer.toUnsignedString(about.getProtocol()) + " of the protocol, and this"
                            + " program version " + ManageMessages.PROTOCOL,
                    "use the same release on both sides");
        }
        return FactsJson.about(about, server.toString());
    }

    /** How long starts have taken, one row for each phase. */
    public List<JsonObject> starts() throws InterruptedException {
        return ask(LOOK, with -> with.starts(StartsRequest.getDefaultInstance())).getPhasesList().stream()
                .map(FactsJson::phase)
                .toList();
    }

    /**
     * A runner that is ready.
     *
     * @param split where the time went, when this call was the one that waited for it
     */
    public record Added(JsonObject runner, Optional<JsonObject> split) {}

    /**
     * Waits until it is ready.
     *
     * @param type empty for the usual size
     * @param progress hears each change of the runner
     * @throws MayflyException {@code NO_ROOM}, {@code NAME_TAKEN}, {@code RUNNER_FAILED}, {@code RUNNER_NOT_READY}
     */
    public Added add(
            String name,
            String script,
            String type,
            List<String> labels,
            Duration patience,
            Consumer<JsonObject> progress)
            throws InterruptedException {
        AddRequest request = AddRequest.newBuilder()
                .setRunnerName(name)
                .setSetupScript(script)
                .setResourceType(type)
                .addAllLabels(labels)
                .setPatienceSeconds((int) Math.max(1, patience.toSeconds()))
                .build();
        return ask(patience.plus(WAYS), with -> {
            BlockingClientCall<?, AddProgress> call = with.add(request);
            AddProgress last = AddProgress.getDefaultInstance();
            try {
                for (AddProgress next = call.read(); next != null; next = call.read()) {
                    last = next;
                    if (next.getOutcome() == AddOutcome.ADD_OUTCOME_UNSPECIFIED) {
                        progress.accept(FactsJson.runner(next.getRunner()));
                    }
                }
            } catch (InterruptedException e) {
                call.cancel("the caller hangs up", e);
                throw e;
            }
            return added(name, last);
        });
    }

    private Added added(String name, AddProgress last) {
        String why = last.getWhy();
        return switch (last.getOutcome()) {
            case ADD_OUTCOME_READY ->
                new Added(
                        FactsJson.runner(last.getRunner()),
                        last.hasSplit() ? Optional.of(FactsJson.split(last.getSplit())) : Optional.empty());
            case ADD_OUTCOME_NO_ROOM -> throw Failures.noRoom(name, why);
            case ADD_OUTCOME_NAME_TAKEN -> throw Failures.nameTaken(name);
            case ADD_OUTCOME_FAILED -> throw Failures.failed(name, why);
            case ADD_OUTCOME_LEAVING -> throw Failures.leaving(name);
            case ADD_OUTCOME_NOT_YET -> throw Failures.notYet(name);
            case ADD_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw failures.cutOff();
        };
    }

    /**
     * Waits until nothing of it is left.
     *
     * @return its id
     * @throws MayflyException {@code NOT_FOUND}, {@code RUNNER_UNCONFIRMED}
     */
    public String remove(String runner, Duration patience) throws InterruptedException {
        RemoveReply reply = ask(
                patience.plus(WAYS),
                with -> with.remove(RemoveRequest.newBuilder()
                        .setRunner(runner)
                        .setPatienceSeconds((int) Math.max(1, patience.toSeconds()))
                        .build()));
        return switch (reply.getOutcome()) {
            case REMOVE_OUTCOME_GONE -> reply.getRunnerId();
            case REMOVE_OUTCOME_UNCONFIRMED -> throw Failures.unconfirmed(runner, reply.getWhy());
            case REMOVE_OUTCOME_UNKNOWN -> throw Failures.unknownRunner("no runner is called '" + runner + "'");
            case REMOVE_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw failures.cutOff();
        };
    }

    /** @param gone also those that are gone and still remembered */
    public List<JsonObject> runners(boolean gone) throws InterruptedException {
        return runners(RunnersRequest.newBuilder().setGone(gone).build());
    }

    /** @throws MayflyException {@code NOT_FOUND} */
    public JsonObject runner(String word) throws InterruptedException {
        return runners(RunnersRequest.newBuilder().setRunner(word).build()).getFirst();
    }

    private List<JsonObject> runners(RunnersRequest request) throws InterruptedException {
        return ask(LOOK, with -> {
            List<JsonObject> all = new ArrayList<>();
            BlockingClientCall<?, RunnerPage> call = with.runners(request);
            for (RunnerPage page = call.read(); page != null; page = call.read()) {
                page.getRunnersList().forEach(runner -> all.add(FactsJson.runner(runner)));
            }
            return all;
        });
    }

    public List<JsonObject> agents() throws InterruptedException {
        return ask(LOOK, with -> {
            List<JsonObject> all = new ArrayList<>();
            BlockingClientCall<?, AgentPage> call = with.agents(AgentsRequest.getDefaultInstance());
            for (AgentPage page = call.read(); page != null; page = call.read()) {
                page.getAgentsList().forEach(agent -> all.add(FactsJson.agent(agent)));
            }
            return all;
        });
    }

    /** @throws MayflyException {@code NOT_FOUND} */
    public JsonObject drain(String host, boolean draining) throws InterruptedException {
        return host(
                host,
                ask(
                        LOOK,
                        with -> with.drain(DrainRequest.newBuilder()
                                .setAgent(host)
                                .setDraining(draining)
                                .build())));
    }

    /** @throws MayflyException {@code NOT_FOUND}, {@code HOST_CONNECTED} */
    public JsonObject forgetHost(String host) throws InterruptedException {
        return host(
                host,
                ask(
                        LOOK,
                        with -> with.forgetHost(
                                ForgetHostRequest.newBuilder().setAgent(host).build())));
    }

    private JsonObject host(String word, HostReply reply) {
        return switch (reply.getOutcome()) {
            case HOST_OUTCOME_DONE ->
                JsonObject.of().with("agent_id", reply.getAgentId()).with("hostname", reply.getHostname());
            case HOST_OUTCOME_UNKNOWN -> throw Failures.unknownHost(word);
            case HOST_OUTCOME_SEVERAL -> throw Failures.severalHosts(word, reply.getWhy());
            case HOST_OUTCOME_STILL_THERE -> throw Failures.stillThere(word);
            case HOST_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw failures.cutOff();
        };
    }

    /** @throws MayflyException {@code NOT_FOUND}, {@code MACHINE_FAILED} */
    public Answer.Text ask(String runner, Question question) throws InterruptedException {
        Duration patience =
                question instanceof Question.Exec exec ? exec.patience().plus(WAYS) : WAYS;
        return ManageMessages.text(ask(
                patience,
                with -> with.ask(AskRequest.newBuilder()
                        .setRunner(runner)
                        .setQuestion(ManageMessages.message(question))
                        .build())));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        threads.shutdownNow();
    }
}
