package dev.mayfly.fleet.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.secret.Token;
import dev.mayfly.fleet.protocol.Question;
import dev.mayfly.fleet.remote.FleetClient;
import dev.mayfly.rpc.Tls;
import dev.mayfly.testkit.Certificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the edges carry, over real connections. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FleetOverGrpcTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration FOR_LONG = Duration.ofHours(1);

    @TempDir
    Path folder;

    private GrpcFarm farm;

    @AfterEach
    void end() {
        if (farm != null) {
            farm.close();
        }
    }

    private void open(Duration working) {
        farm = new GrpcFarm(folder, Tls.NONE);
        farm.startAgent(farm.at(farm.port(), Optional.of(GrpcFarm.AGENTS), Tls.NONE), working);
    }

    private static void fails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure ->
                                assertThat(failure.code()).as(failure.render()).isEqualTo(code));
    }

    /** The agent connects when it has started, so the first answer may be that there is no host. */
    private static FleetClient.Added add(FleetClient client, String name, String script, List<JsonObject> story)
            throws InterruptedException {
        while (true) {
            try {
                return client.add(name, script, "small", List.of(), PATIENCE, story::add);
            } catch (MayflyException e) {
                assertThat(e.code()).as(e.render()).isIn(ErrorCode.NO_ROOM, ErrorCode.FLEET_UNREACHABLE);
            }
            Thread.sleep(100);
        }
    }

    private static String text(JsonObject object, String name) {
        return JsonWriter.compact(object.get(name).orElseThrow()).replace("\"", "");
    }

    private static void untilOnline(FleetClient client, boolean online) throws InterruptedException {
        while (client.agents().stream().anyMatch(agent -> text(agent, "health").equals("online")) != online) {
            Thread.sleep(50);
        }
    }

    @Test
    void a_runner_is_added_asked_and_removed_and_its_start_is_told_as_it_goes() throws Exception {
        open(FOR_LONG);
        try (FleetClient client = farm.client(GrpcFarm.PEOPLE)) {
            List<JsonObject> story = new ArrayList<>();
            FleetClient.Added added = add(client, "a", "echo hello", story);
            assertThat(story.stream().map(each -> text(each, "state"))).contains("creating", "ssh-ready");
            assertThat(added.split()).isPresent();
            assertThat(text(added.runner(), "hostname")).isEqualTo("host-1");
            FleetClient.Added again = add(client, "a", "echo hello", story);
            assertThat(again.runner().get("runner_id")).isEqualTo(added.runner().get("runner_id"));
            fails(ErrorCode.NAME_TAKEN, () -> client.add("a", "echo other", "", List.of(), PATIENCE, _ -> {}));
            fails(ErrorCode.USAGE, () -> client.add("b", "", "huge", List.of(), PATIENCE, _ -> {}));
            fails(ErrorCode.NO_ROOM, () -> client.add("b", "", "", List.of("gpu"), PATIENCE, _ -> {}));
            while (!text(client.runner("a"), "state").equals("running")) {
                Thread.sleep(20);
            }
            assertThat(client.ask("a", new Question.Logs()).text()).isEqualTo("hello\n");
            var ran = client.ask("a", new Question.Exec("echo inside; exit 5", "typed", Duration.ofSeconds(5)));
            assertThat(ran.exitCode()).isEqualTo(5);
            assertThat(ran.text()).isEqualTo("inside\ntyped");
            fails(ErrorCode.MACHINE_FAILED, () -> client.ask("a", new Question.Login()));
            assertThat(client.remove("a", PATIENCE)).isEqualTo(text(added.runner(), "runner_id"));
            assertThat(client.runners(false)).isEmpty();
            assertThat(client.starts()).hasSize(4);
            fails(ErrorCode.NOT_FOUND, () -> client.remove("nobody", PATIENCE));
        }
    }

    @Test
    void what_a_script_has_written_can_be_read_when_its_machine_is_gone() throws Exception {
        open(Duration.ofMillis(20));
        try (FleetClient client = farm.client(GrpcFarm.PEOPLE)) {
            add(client, "a", "echo last words; exit 1", new ArrayList<>());
            while (!text(client.runner("a"), "state").equals("gone")) {
                Thread.sleep(20);
            }
            assertThat(client.ask("a", new Question.Logs()).text()).isEqualTo("last words\n");
        }
    }

    @Test
    void a_token_opens_what_it_is_for_and_nothing_else() throws Exception {
        open(FOR_LONG);
        for (Optional<Token> token :
                List.<Optional<Token>>of(Optional.empty(), Optional.of(GrpcFarm.WRONG), Optional.of(GrpcFarm.AGENTS))) {
            try (FleetClient client = new FleetClient(farm.at(farm.port(), token, Tls.NONE))) {
                fails(ErrorCode.FLEET_REFUSED, client::about);
                fails(ErrorCode.FLEET_REFUSED, () -> client.add("a", "", "", List.of(), PATIENCE, _ -> {}));
            }
        }
        try (FleetClient client = farm.client(GrpcFarm.PEOPLE)) {
            untilOnline(client, true);
            farm.endAgent();
            untilOnline(client, false);
            farm.startAgent(farm.at(farm.port(), Optional.of(GrpcFarm.WRONG), Tls.NONE), FOR_LONG);
            Thread.sleep(500);
            assertThat(client.agents()).noneMatch(agent -> text(agent, "health").equals("online"));
        }
    }

    @Test
    void an_agent_finds_the_next_server_and_both_agree_again() throws Exception {
        open(FOR_LONG);
        String id;
        try (FleetClient client = farm.client(GrpcFarm.PEOPLE)) {
            id = text(add(client, "a", "", new ArrayList<>()).runner(), "runner_id");
        }
        int port = farm.port();
        farm.endServer();
        farm.startServer(port);
        try (FleetClient client = farm.client(GrpcFarm.PEOPLE)) {
            assertThat(text(add(client, "a", "", new ArrayList<>()).runner(), "runner_id"))
                    .isEqualTo(id);
            while (!text(client.runner("a"), "state").equals("running")) {
                Thread.sleep(20);
            }
            assertThat(client.agents()).hasSize(1);
        }
    }

    @Test
    void a_line_that_dies_without_a_word_is_found_out_on_both_sides_and_replaced() throws Exception {
        farm = new GrpcFarm(folder, Tls.NONE);
        try (Wire wire = Wire.to(farm.port());
                FleetClient client = farm.client(GrpcFarm.PEOPLE)) {
            farm.startAgent(farm.at(wire.port(), Optional.of(GrpcFarm.AGENTS), Tls.NONE), FOR_LONG);
            add(client, "a", "", new ArrayList<>());
            wire.holdBreath();
            while (text(client.agents().getFirst(), "health").equals("online")) {
                Thread.sleep(100);
            }
            wire.breathe();
            add(client, "b", "", new ArrayList<>());
            assertThat(client.runners(false)).hasSize(2);
        }
    }

    @Test
    void with_certificates_only_who_has_one_of_the_right_authority_is_let_in() throws Exception {
        Certificates certificates = Certificates.make(folder.resolve("tls"), "server", "client");
        Tls client = new Tls(of(certificates, "client"), Optional.of(certificates.authority()));
        farm = new GrpcFarm(folder, new Tls(of(certificates, "server"), Optional.of(certificates.authority())));
        farm.startAgent(farm.at(farm.port(), Optional.of(GrpcFarm.AGENTS), client), FOR_LONG);
        try (FleetClient right = new FleetClient(farm.at(farm.port(), Optional.of(GrpcFarm.PEOPLE), client))) {
            assertThat(add(right, "a", "", new ArrayList<>()).split()).isPresent();
        }
        Tls without = new Tls(Optional.empty(), Optional.of(certificates.authority()));
        for (Tls wrong : List.of(without, Tls.NONE)) {
            try (FleetClient other = new FleetClient(farm.at(farm.port(), Optional.of(GrpcFarm.PEOPLE), wrong))) {
                fails(ErrorCode.FLEET_UNREACHABLE, other::about);
            }
        }
    }

    private static Optional<Tls.Own> of(Certificates certificates, String name) {
        return Optional.of(new Tls.Own(certificates.certificate(name), certificates.key(name)));
    }
}
