package dev.mayfly.app.fleet;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Settings;
import dev.mayfly.app.SharedState;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.edge.FleetListener;
import dev.mayfly.fleet.ledger.SqlFleetLedger;
import dev.mayfly.fleet.server.FleetCore;
import dev.mayfly.fleet.server.FreshIdentities;
import dev.mayfly.fleet.server.RunnerStateFile;
import dev.mayfly.fleet.server.ServerSettings;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.fleet.service.StartHistory;
import dev.mayfly.fleet.wire.Guard;
import dev.mayfly.fleet.wire.TokenFile;
import dev.mayfly.rpc.Tls;
import dev.mayfly.store.Sql;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** Is the server of a fleet. */
final class ServerOperations {
    /** Between the reports of an agent to which nothing happens; a third of what makes the server suspect it. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private ServerOperations() {}

    static int serve(FleetWords words, FleetSession session) throws InterruptedException {
        Settings settings = session.settings();
        InetSocketAddress at = HostPort.parse(
                        "--listen",
                        words.text("--listen").orElseGet(() -> settings.config().get(SettingKeys.FLEET_LISTEN)))
                .resolved();
        Tls tls = SettingKeys.FLEET_TLS.ofServer(settings.config());
        boolean open = words.on("--open");
        check(at, open);
        SettingKeys.FLEET_TLS.requireSecret(at, tls, words.on("--plaintext"), "tokens and scripts");
        Optional<Guard> guard = open
                ? Optional.empty()
                : Optional.of(new Guard(
                        settings.config()
                                .find(SettingKeys.FLEET_TOKEN_FILE)
                                .map(TokenFile::read)
                                .orElseGet(() ->
                                        TokenFile.readOrMake(session.places().token())),
                        settings.config()
                                .find(SettingKeys.FLEET_AGENT_TOKEN_FILE)
                                .map(TokenFile::read)
                                .orElseGet(() ->
                                        TokenFile.readOrMake(session.places().agentToken()))));
        Log log = settings.serviceLog();
        StartHistory starts = new StartHistory();
        try (OneOfHome _ = OneOfHome.lock(session.places().serverLock(), "server of a fleet");
                Sql store = SharedState.open(
                        settings, session.places().ledger(), SqlFleetLedger.SCHEMA, session.clock(), log);
                FleetMetering metering = FleetMetering.open(words, session, log);
                FleetServer server = FleetServer.start(
                        core(store, session),
                        Optional.of(new RunnerStateFile(session.places().runnerState())),
                        metering.events(starts),
                        session.clock(),
                        log);
                FleetListener listener =
                        FleetListener.start(server, starts, FleetSession.version(), at, guard, tls, INTERVAL, log)) {
            metering.watch(server);
            session.voice()
                    .result("mayfly fleet server is ready: " + at.getHostString() + ":" + listener.port()
                            + (tls.own().isPresent() ? ", TLS" : "")
                            + (open ? ", open to everybody" : "")
                            + metering.url().map(url -> ", metrics at " + url).orElse(""));
            return untilTold(server, log);
        }
    }

    private static FleetCore core(Sql store, FleetSession session) {
        return new FleetCore(
                new SqlFleetLedger(store),
                ServerSettings.usual(),
                Ticker.system(),
                session.clock(),
                IdSource.random(),
                new FreshIdentities());
    }

    private static int untilTold(FleetServer server, Log log) {
        try {
            server.awaitEnd();
        } catch (InterruptedException _) {
            log.info().log("stopping; runners live on, and the next server knows them");
            return ExitCode.GREEN.number();
        }
        throw new MayflyException(
                ErrorCode.CONFLICT,
                "this server of the fleet has ended",
                "its state could not be written, or another server has taken over; see the log above",
                "see to it that one server has this state, and that its disk has room; then: mayfly fleet server");
    }

    private static void check(InetSocketAddress at, boolean open) {
        if (open && !at.getAddress().isLoopbackAddress()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "everybody who reaches " + at + " could run scripts on this fleet",
                    "--open asks nobody for a token, and the address is not only this machine's",
                    "leave --open out, and copy the tokens of this home (fleet/token, fleet/agent-token) to others");
        }
    }
}
