package dev.mayfly.fleet.edge;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.secret.Token;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.agent.AgentCore;
import dev.mayfly.fleet.agent.AgentSettings;
import dev.mayfly.fleet.backend.fake.FakeFolder;
import dev.mayfly.fleet.backend.fake.FakeTimes;
import dev.mayfly.fleet.fake.MemoryLedger;
import dev.mayfly.fleet.host.FleetAgent;
import dev.mayfly.fleet.host.HostSettings;
import dev.mayfly.fleet.host.KeptOutput;
import dev.mayfly.fleet.journal.FileJournal;
import dev.mayfly.fleet.remote.FleetClient;
import dev.mayfly.fleet.remote.GrpcDial;
import dev.mayfly.fleet.remote.ServerAddress;
import dev.mayfly.fleet.runner.Deadlines;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.server.FleetCore;
import dev.mayfly.fleet.server.FreshIdentities;
import dev.mayfly.fleet.server.ServerSettings;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.fleet.service.StartHistory;
import dev.mayfly.fleet.wire.Guard;
import dev.mayfly.rpc.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** A server and an agent that speak over gRPC, in this process. */
final class GrpcFarm implements AutoCloseable {
    static final Token PEOPLE = new Token("people-0123456789");
    static final Token AGENTS = new Token("agents-0123456789");
    static final Token WRONG = new Token("wrong-01234567890");
    private static final Offer OFFER = Offer.of(4, 4, 0);

    private final Path folder;
    private final Tls tls;
    private final MemoryLedger ledger = new MemoryLedger();
    private FleetServer server;
    private FleetListener listener;
    private FileJournal journal;
    private GrpcDial dial;
    private FleetAgent agent;

    GrpcFarm(Path folder, Tls tls) {
        this.folder = folder;
        this.tls = tls;
        startServer(0);
    }

    void startServer(int port) {
        StartHistory starts = new StartHistory();
        FleetCore core = new FleetCore(
                ledger,
                ServerSettings.usual(),
                Ticker.system(),
                Clock.systemUTC(),
                IdSource.random(),
                new FreshIdentities());
        server = FleetServer.start(core, Optional.empty(), starts, Clock.systemUTC(), Log.off());
        listener = FleetListener.start(
                server,
                starts,
                "test",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Optional.of(new Guard(PEOPLE, AGENTS)),
                tls,
                Duration.ofSeconds(1),
                Log.off());
    }

    void endServer() {
        listener.close();
        server.close();
    }

    int port() {
        return listener.port();
    }

    ServerAddress at(int port, Optional<Token> token, Tls clientTls) {
        return new ServerAddress("localhost", port, token, clientTls);
    }

    FleetClient client(Token token) {
        return new FleetClient(at(port(), Optional.of(token), Tls.NONE));
    }

    void startAgent(ServerAddress address, Duration working) {
        journal = FileJournal.open(folder.resolve("agent"));
        dial = new GrpcDial(address, Log.off());
        FakeFolder machines = new FakeFolder(
                folder.resolve("machines"),
                new FakeTimes(Duration.ofMillis(2), Duration.ofMillis(10), working),
                Clock.systemUTC());
        agent = FleetAgent.start(
                new AgentCore(
                        journal,
                        new AgentSettings(OFFER, Deadlines.usual(), Duration.ofSeconds(1), Duration.ofSeconds(30)),
                        Ticker.system()),
                new KeptOutput(machines, folder.resolve("logs"), Log.off()),
                dial,
                new HostSettings("host-1", OFFER, 2),
                new SecureRandom(),
                Log.off());
    }

    void endAgent() {
        agent.close();
        dial.close();
        journal.close();
    }

    @Override
    public void close() {
        if (agent != null) {
            endAgent();
        }
        endServer();
    }
}
