package dev.mayfly.app.fleet;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Settings;
import dev.mayfly.app.Table;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.Key;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.program.Voice;
import dev.mayfly.base.secret.Token;
import dev.mayfly.fleet.remote.FleetClient;
import dev.mayfly.fleet.remote.ServerAddress;
import dev.mayfly.fleet.wire.TokenFile;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a command about the fleet works with. Used by one thread. */
final class FleetSession {
    private final Settings settings;
    private final Voice voice;
    private final Clock clock;
    private final Map<String, String> environment;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    FleetSession(Settings settings, Voice voice, Clock clock, Map<String, String> environment) {
        this.settings = settings;
        this.voice = voice;
        this.clock = clock;
        this.environment = Map.copyOf(environment);
    }

    Settings settings() {
        return settings;
    }

    FleetPlaces places() {
        return new FleetPlaces(settings.home());
    }

    Voice voice() {
        return voice;
    }

    Clock clock() {
        return clock;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** For content, which is no text. */
    OutputStream standardOutput() {
        return out;
    }

    InputStream standardInput() {
        return System.in;
    }

    static String version() {
        return System.getProperty("mayfly.version", "unreleased");
    }

    private Config config() {
        return settings.config();
    }

    // --- the server --------------------------------------------------------------------------------------------------

    FleetClient client(FleetWords words) {
        return new FleetClient(addressForPeople(words));
    }

    ServerAddress addressForPeople(FleetWords words) {
        return address(words, SettingKeys.FLEET_TOKEN_FILE, places().token());
    }

    /** As an agent reaches it: with the token of agents where there is one. */
    ServerAddress addressForAgent(FleetWords words) {
        boolean ofAgents =
                config().find(SettingKeys.FLEET_AGENT_TOKEN_FILE).isPresent() || Files.exists(places().agentToken());
        return ofAgents
                ? address(words, SettingKeys.FLEET_AGENT_TOKEN_FILE, places().agentToken())
                : address(words, SettingKeys.FLEET_TOKEN_FILE, places().token());
    }

    private ServerAddress address(FleetWords words, Key<Path> tokenFile, Path usualTokenFile) {
        HostPort server = HostPort.parse(
                "--server", words.text("--server").orElseGet(() -> config().get(SettingKeys.FLEET_SERVER)));
        Optional<Token> token = config().find(tokenFile)
                .or(() -> Optional.of(usualTokenFile).filter(Files::exists))
                .map(TokenFile::read);
        return new ServerAddress(server.host(), server.port(), token, SettingKeys.FLEET_TLS.ofClient(config()));
    }

    // --- what people see -------------------------------------------------------------------------------------------

    /** @param columns names of members, shown in this order to people; programs get all */
    void table(FleetWords words, List<JsonObject> rows, List<String> columns) {
        voice.result(
                words.on("--json") ? JsonWriter.pretty(new JsonArray(List.copyOf(rows))) : Table.of(rows, columns));
    }

    void object(FleetWords words, JsonObject object) {
        voice.result(words.on("--json") ? JsonWriter.pretty(object) : Table.lines(object));
    }

    /** A sentence for people, and the same as an object for programs. */
    void said(FleetWords words, String text, JsonObject object) {
        voice.result(words.on("--json") ? JsonWriter.pretty(object) : text);
    }

    /** Found on {@code PATH}, if it is there. */
    Optional<Path> program(String name) {
        return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder).resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
