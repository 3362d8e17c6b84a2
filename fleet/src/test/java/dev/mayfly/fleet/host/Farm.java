package dev.mayfly.fleet.host;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.agent.AgentCore;
import dev.mayfly.fleet.agent.AgentSettings;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.journal.FileJournal;
import dev.mayfly.fleet.ledger.SqlFleetLedger;
import dev.mayfly.fleet.runner.Deadlines;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.server.FleetCore;
import dev.mayfly.fleet.server.RunnerStateFile;
import dev.mayfly.fleet.server.ServerSettings;
import dev.mayfly.fleet.service.FleetEvents;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** A server and the agent of one host in this process, each of which can be ended and started again. */
final class Farm implements AutoCloseable {
    static final Offer OFFER = Offer.of(4, 4, 0);

    private final Path folder;
    private final Backend backend;
    private final SecureRandom random = new SecureRandom();
    private SqliteStore store;
    private FleetServer server;
    private FileJournal journal;
    private FleetAgent agent;

    Farm(Path folder, Backend backend) {
        this.folder = folder;
        this.backend = backend;
        startServer();
        startAgent();
    }

    FleetServer server() {
        return server;
    }

    FleetAgent agent() {
        return agent;
    }

    void startServer() {
        Clock clock = Clock.systemUTC();
        store = SqliteStore.open(
                folder.resolve("fleet.db"), SqlFleetLedger.SCHEMA, SqliteOptions.DEFAULT, clock, Log.off());
        FleetCore core = new FleetCore(
                new SqlFleetLedger(store),
                ServerSettings.usual(),
                Ticker.system(),
                clock,
                IdSource.random(),
                this::identity);
        server = FleetServer.start(
                core,
                Optional.of(new RunnerStateFile(folder.resolve("runner-state.json"))),
                FleetEvents.none(),
                clock,
                Log.off());
    }

    private Identity identity() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return new Identity(
                new MachineIdentifier(java.util.HexFormat.of().formatHex(bytes)), MacAddress.of(random.nextLong()));
    }

    void endServer() {
        server.close();
        store.close();
    }

    void startAgent() {
        journal = FileJournal.open(folder.resolve("agent"));
        AgentSettings settings =
                new AgentSettings(OFFER, Deadlines.usual(), Duration.ofSeconds(2), Duration.ofSeconds(30));
        agent = FleetAgent.start(
                new AgentCore(journal, settings, Ticker.system()),
                backend,
                (known, hostname, offer, ear) -> server.dial(known, hostname, offer, ear),
                new HostSettings("this-host", OFFER, 2),
                random,
                Log.off());
    }

    void endAgent() {
        agent.close();
        journal.close();
    }

    @Override
    public void close() {
        endAgent();
        endServer();
    }
}
