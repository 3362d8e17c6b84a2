package dev.mayfly.fleet.wire;

import com.google.protobuf.ByteString;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Question;
import dev.mayfly.fleet.server.AgentView;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.StartTimes;
import dev.mayfly.proto.fleet.manage.AgentInfo;
import dev.mayfly.proto.fleet.manage.AnswerText;
import dev.mayfly.proto.fleet.manage.ExecQuestion;
import dev.mayfly.proto.fleet.manage.GuestQuestion;
import dev.mayfly.proto.fleet.manage.LoginQuestion;
import dev.mayfly.proto.fleet.manage.LogsQuestion;
import dev.mayfly.proto.fleet.manage.RunnerInfo;
import dev.mayfly.proto.fleet.manage.Split;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** What people ask of a server, as the messages of {@code fleet.proto}. */
public final class ManageMessages {
    /** Raised when an old client could misunderstand a new server. */
    public static final int PROTOCOL = 1;

    private ManageMessages() {}

    /** @throws IllegalArgumentException when the size or a label is none */
    public static Wish wish(String script, String type, Collection<String> labels) {
        return Wish.of(
                script,
                type.isEmpty() ? ResourceType.SMALL : AgentMessages.type(type),
                labels.stream().map(Label::new).collect(Collectors.toUnmodifiableSet()));
    }

    public static Split message(StartTimes times) {
        return Split.newBuilder()
                .setPlacedUs(micros(times.placed()))
                .setClonedUs(micros(times.cloned()))
                .setBootedUs(micros(times.booted()))
                .setTotalUs(micros(times.total()))
                .build();
    }

    public static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    /** @param hostname of its host, empty when that is not known any more */
    public static RunnerInfo message(RunnerRecord runner, String hostname) {
        RunnerInfo.Builder info = RunnerInfo.newBuilder()
                .setRunnerId(runner.id().value())
                .setRunnerName(runner.name().value())
                .setState(runner.state().word())
                .setResourceType(runner.wish().type().word())
                .setHostname(hostname)
                .setLeaving(runner.unwanted())
                .setReason(runner.reason())
                .setSinceUs(ChronoUnit.MICROS.between(Instant.EPOCH, runner.since()))
                .setFence(runner.fence().value())
                .setTries(runner.tries())
                .setStarted(runner.permitted());
        runner.wish().labels().stream().map(Label::value).sorted().forEach(info::addLabels);
        runner.placed()
                .ifPresent(place -> info.setAgentId(place.host().value())
                        .setMachineIdentifier(place.identity().machine().value())
                        .setMacAddress(place.identity().mac().value()));
        runner.address().ifPresent(address -> fill(info, address));
        return info.build();
    }

    private static void fill(RunnerInfo.Builder info, Address address) {
        info.setAddress(address.host()).setSshPort(address.port()).setSshHostKey(address.hostKey());
    }

    public static AgentInfo message(AgentView agent) {
        AgentInfo.Builder info = AgentInfo.newBuilder()
                .setAgentId(agent.record().id().value())
                .setHostname(agent.record().hostname())
                .setHealth(agent.host().health().name().toLowerCase(Locale.ROOT))
                .setDraining(agent.host().draining())
                .setDrainedHere(agent.record().drained())
                .setRunners(agent.host().runners())
                .setMaxRunners(agent.host().offer().maxRunners())
                .setCpus(agent.host().offer().cpus())
                .setMemoryBytes(agent.host().offer().memoryBytes())
                .setMemoryTaken(agent.host().memoryTaken());
        agent.host().offer().labels().stream().map(Label::value).sorted().forEach(info::addLabels);
        agent.host().offer().types().stream().sorted().map(ResourceType::word).forEach(info::addResourceTypes);
        agent.host().offer().times().forEach(times -> info.addTemplateTimes(AgentMessages.message(times)));
        return info.build();
    }

    public static dev.mayfly.proto.fleet.manage.Question message(Question question) {
        dev.mayfly.proto.fleet.manage.Question.Builder message = dev.mayfly.proto.fleet.manage.Question.newBuilder();
        switch (question) {
            case Question.Logs() -> message.setLogs(LogsQuestion.getDefaultInstance());
            case Question.Exec exec ->
                message.setExec(ExecQuestion.newBuilder()
                        .setCommand(exec.command())
                        .setInput(ByteString.copyFromUtf8(exec.input()))
                        .setPatienceSeconds((int) exec.patience().toSeconds()));
            case Question.Guest() -> message.setGuest(GuestQuestion.getDefaultInstance());
            case Question.Login() -> message.setLogin(LoginQuestion.getDefaultInstance());
        }
        return message.build();
    }

    public static Question question(dev.mayfly.proto.fleet.manage.Question message) {
        return switch (message.getWhatCase()) {
            case LOGS -> new Question.Logs();
            case EXEC ->
                new Question.Exec(
                        message.getExec().getCommand(),
                        message.getExec().getInput().toStringUtf8(),
                        Duration.ofSeconds(
                                Integer.toUnsignedLong(message.getExec().getPatienceSeconds())));
            case GUEST -> new Question.Guest();
            case LOGIN -> new Question.Login();
            case WHAT_NOT_SET -> throw new IllegalArgumentException("this question is not known here");
        };
    }

    public static AnswerText message(Answer.Text text) {
        return AnswerText.newBuilder()
                .setExitCode(text.exitCode())
                .setText(ByteString.copyFromUtf8(text.text()))
                .build();
    }

    public static Answer.Text text(AnswerText message) {
        return new Answer.Text(message.getExitCode(), message.getText().toStringUtf8());
    }
}
