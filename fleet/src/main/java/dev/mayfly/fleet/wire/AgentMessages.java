package dev.mayfly.fleet.wire;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Asked;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.protocol.RunnerReport;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.schedule.TemplateTimes;
import dev.mayfly.proto.fleet.agent.AgentCapacity;
import dev.mayfly.proto.fleet.agent.AskCommand;
import dev.mayfly.proto.fleet.agent.CreateRunnerCommand;
import dev.mayfly.proto.fleet.agent.DeleteRunnerCommand;
import dev.mayfly.proto.fleet.agent.ForgetRunnerCommand;
import dev.mayfly.proto.fleet.agent.NoopCommand;
import dev.mayfly.proto.fleet.agent.Runner;
import dev.mayfly.proto.fleet.agent.StartRunnerCommand;
import dev.mayfly.proto.fleet.agent.SyncRequest;
import dev.mayfly.proto.fleet.agent.SyncResponse;
import dev.mayfly.proto.fleet.agent.WarmMachines;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** What server and agents say, as the messages of {@code agent.proto}. */
public final class AgentMessages {
    /** Of our additions to the protocol; 0 is shoes-vz itself. */
    public static final int PROTOCOL = 1;

    /** What a host says beyond that nobody looks at. */
    private static final int MOST_TEMPLATES = 64;

    private AgentMessages() {}

    // --- what an agent offers --------------------------------------------------------------------------------------

    public static AgentCapacity message(Offer offer) {
        AgentCapacity.Builder capacity = AgentCapacity.newBuilder()
                .setMaxRunners(offer.maxRunners())
                .setCpuCores(offer.cpus())
                .setMemoryBytes(offer.memoryBytes());
        offer.labels().forEach(label -> capacity.addLabels(label.value()));
        offer.types().forEach(type -> capacity.addResourceTypes(type.word()));
        offer.warm()
                .forEach((type, count) -> capacity.addWarm(
                        WarmMachines.newBuilder().setResourceType(type.word()).setCount(count)));
        offer.times().forEach(times -> capacity.addTemplateTimes(message(times)));
        return capacity.build();
    }

    static dev.mayfly.proto.fleet.manage.TemplateTimes message(TemplateTimes times) {
        return dev.mayfly.proto.fleet.manage.TemplateTimes.newBuilder()
                .setTemplate(times.template())
                .setDigest(times.digest().toString())
                .setWay(times.way())
                .setStarts(times.starts())
                .setCloneP50Us(times.cloned().p50())
                .setCloneP95Us(times.cloned().p95())
                .setBootToSshP50Us(times.bootToSsh().p50())
                .setBootToSshP95Us(times.bootToSsh().p95())
                .setTotalP50Us(times.total().p50())
                .setTotalP95Us(times.total().p95())
                .build();
    }

    private static TemplateTimes times(dev.mayfly.proto.fleet.manage.TemplateTimes message) {
        return new TemplateTimes(
                message.getTemplate(),
                Sha256Digest.parse(message.getDigest()),
                message.getWay(),
                message.getStarts(),
                new TemplateTimes.Quantiles(message.getCloneP50Us(), message.getCloneP95Us()),
                new TemplateTimes.Quantiles(message.getBootToSshP50Us(), message.getBootToSshP95Us()),
                new TemplateTimes.Quantiles(message.getTotalP50Us(), message.getTotalP95Us()));
    }

    public static Offer offer(AgentCapacity capacity) {
        Map<ResourceType, Integer> warm = new HashMap<>();
        capacity.getWarmList().forEach(each -> warm.merge(type(each.getResourceType()), each.getCount(), Integer::sum));
        return new Offer(
                capacity.getMaxRunners(),
                capacity.getCpuCores(),
                capacity.getMemoryBytes(),
                capacity.getLabelsList().stream().map(Label::new).collect(Collectors.toUnmodifiableSet()),
                capacity.getResourceTypesList().stream()
                        .map(AgentMessages::type)
                        .collect(Collectors.toUnmodifiableSet()),
                warm,
                capacity.getTemplateTimesList().stream()
                        .limit(MOST_TEMPLATES)
                        .map(AgentMessages::times)
                        .toList());
    }

    public static ResourceType type(String word) {
        return ResourceType.parse(word)
                .orElseThrow(() -> new IllegalArgumentException("there is no size '" + word + "'"));
    }

    // --- what an agent has -----------------------------------------------------------------------------------------

    public static SyncRequest message(AgentReport report) {
        SyncRequest.Builder request = SyncRequest.newBuilder()
                .setAgentId(report.agent().value())
                .setSession(report.session())
                .setNumber(report.number());
        if (!report.saysAll()) {
            return request.setSameAs(report.same()).build();
        }
        request.setDraining(report.draining()).setCapacity(message(report.offer()));
        int active = 0;
        for (RunnerReport runner : report.runners()) {
            request.addRunners(message(report.agent(), runner));
            active += runner.state().takesRoom() ? 1 : 0;
        }
        return request.setActiveRunners(active).build();
    }

    private static Runner message(AgentId agent, RunnerReport runner) {
        Runner.Builder message = Runner.newBuilder()
                .setRunnerId(runner.attempt().runner().value())
                .setFence(runner.attempt().fence().value())
                .setAgentId(agent.value())
                .setState(state(runner.state()))
                .setResourceType(runner.type().word())
                .setErrorMessage(runner.reason());
        runner.address()
                .ifPresent(address -> message.setIpAddress(address.host())
                        .setSshPort(address.port())
                        .setSshHostKey(address.hostKey()));
        runner.exitCode().ifPresent(code -> message.setScriptEnded(true).setExitCode(code));
        return message.build();
    }

    public static AgentReport report(SyncRequest request) {
        if (request.getSameAs() != 0) {
            return AgentReport.same(
                    new AgentId(request.getAgentId()), request.getSession(), request.getNumber(), request.getSameAs());
        }
        return new AgentReport(
                new AgentId(request.getAgentId()),
                request.getSession(),
                request.getNumber(),
                request.getDraining(),
                offer(request.getCapacity()),
                request.getRunnersList().stream().map(AgentMessages::report).toList());
    }

    private static RunnerReport report(Runner runner) {
        return new RunnerReport(
                attempt(runner.getRunnerId(), runner.getFence()),
                state(runner.getState()),
                type(runner.getResourceType()),
                runner.getIpAddress().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Address(runner.getIpAddress(), runner.getSshPort(), runner.getSshHostKey())),
                runner.getErrorMessage(),
                runner.getScriptEnded() ? OptionalInt.of(runner.getExitCode()) : OptionalInt.empty());
    }

    private static Attempt attempt(String runner, long fence) {
        return new Attempt(new RunnerId(runner), new Fence(fence));
    }

    private static dev.mayfly.proto.fleet.agent.RunnerState state(RunnerState state) {
        return switch (state) {
            case CREATING -> dev.mayfly.proto.fleet.agent.RunnerState.RUNNER_STATE_CREATING;
            case BOOTING -> dev.mayfly.proto.fleet.agent.RunnerState.RUNNER_STATE_BOOTING;
            case SSH_READY -> dev.mayfly.proto.fleet.agent.RunnerState.RUNNER_STATE_SSH_READY;
            case RUNNING -> dev.mayfly.proto.fleet.agent.RunnerState.RUNNER_STATE_RUNNING;
            case TEARING_DOWN -> dev.mayfly.proto.fleet.agent.RunnerState.RUNNER_STATE_TEARING_DOWN;
            case GONE -> dev.mayfly.proto.fleet.agent.RunnerState.RUNNER_STATE_GONE;
            case ERROR -> dev.mayfly.proto.fleet.agent.RunnerState.RUNNER_STATE_ERROR;
        };
    }

    private static RunnerState state(dev.mayfly.proto.fleet.agent.RunnerState state) {
        return switch (state) {
            case RUNNER_STATE_CREATING -> RunnerState.CREATING;
            case RUNNER_STATE_BOOTING -> RunnerState.BOOTING;
            case RUNNER_STATE_SSH_READY -> RunnerState.SSH_READY;
            case RUNNER_STATE_RUNNING -> RunnerState.RUNNING;
            case RUNNER_STATE_TEARING_DOWN -> RunnerState.TEARING_DOWN;
            case RUNNER_STATE_GONE -> RunnerState.GONE;
            case RUNNER_STATE_ERROR -> RunnerState.ERROR;
            case RUNNER_STATE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("a runner is in no state that is known here");
        };
    }

    // --- what the server wants -------------------------------------------------------------------------------------

    public static SyncResponse message(Command command, long session) {
        SyncResponse.Builder response = SyncResponse.newBuilder().setSession(session);
        switch (command) {
            case Command.Create create ->
                response.setCreateRunner(CreateRunnerCommand.newBuilder()
                        .setRunnerId(create.attempt().runner().value())
                        .setFence(create.attempt().fence().value())
                        .setRequestId(create.attempt().toString())
                        .setRunnerName(create.name().value())
                        .setResourceType(create.type().word())
                        .setMachineIdentifier(create.identity().machine().value())
                        .setMacAddress(create.identity().mac().value()));
            case Command.Start start ->
                response.setStartRunner(StartRunnerCommand.newBuilder()
                        .setRunnerId(start.attempt().runner().value())
                        .setFence(start.attempt().fence().value())
                        .setSetupScript(start.script()));
            case Command.Destroy destroy ->
                response.setDeleteRunner(DeleteRunnerCommand.newBuilder()
                        .setRunnerId(destroy.attempt().runner().value())
                        .setFence(destroy.attempt().fence().value())
                        .setRequestId(destroy.attempt().toString()));
            case Command.Forget forget ->
                response.setForgetRunner(ForgetRunnerCommand.newBuilder()
                        .setRunnerId(forget.attempt().runner().value())
                        .setFence(forget.attempt().fence().value()));
            case Command.Renew renew ->
                response.setNoop(NoopCommand.newBuilder()
                        .setLeaseMilliseconds(Math.toIntExact(renew.lease().toMillis()))
                        .setHeard(renew.heard()));
        }
        return response.build();
    }

    public static SyncResponse message(Asked asked, long session) {
        return SyncResponse.newBuilder()
                .setSession(session)
                .setAsk(AskCommand.newBuilder()
                        .setAskId(asked.id())
                        .setRunnerId(asked.attempt().runner().value())
                        .setFence(asked.attempt().fence().value())
                        .setQuestion(ManageMessages.message(asked.question())))
                .build();
    }

    /** Empty for what a later version of the protocol may say. */
    public static Optional<Command> command(SyncResponse response) {
        return switch (response.getCommandCase()) {
            case CREATE_RUNNER -> Optional.of(create(response.getCreateRunner()));
            case DELETE_RUNNER ->
                Optional.of(new Command.Destroy(attempt(
                        response.getDeleteRunner().getRunnerId(),
                        response.getDeleteRunner().getFence())));
            case START_RUNNER ->
                Optional.of(new Command.Start(
                        attempt(
                                response.getStartRunner().getRunnerId(),
                                response.getStartRunner().getFence()),
                        response.getStartRunner().getSetupScript()));
            case FORGET_RUNNER ->
                Optional.of(new Command.Forget(attempt(
                        response.getForgetRunner().getRunnerId(),
                        response.getForgetRunner().getFence())));
            case NOOP ->
                Optional.of(new Command.Renew(
                        Duration.ofMillis(
                                Integer.toUnsignedLong(response.getNoop().getLeaseMilliseconds())),
                        response.getNoop().getHeard()));
            case ASK, COMMAND_NOT_SET -> Optional.empty();
        };
    }

    private static Command create(CreateRunnerCommand create) {
        return new Command.Create(
                attempt(create.getRunnerId(), create.getFence()),
                new RunnerName(create.getRunnerName()),
                type(create.getResourceType()),
                new Identity(
                        new MachineIdentifier(create.getMachineIdentifier()), new MacAddress(create.getMacAddress())));
    }

    public static Optional<Asked> asked(SyncResponse response) {
        if (!response.hasAsk()) {
            return Optional.empty();
        }
        AskCommand ask = response.getAsk();
        return Optional.of(new Asked(
                ask.getAskId(),
                attempt(ask.getRunnerId(), ask.getFence()),
                ManageMessages.question(ask.getQuestion())));
    }
}
