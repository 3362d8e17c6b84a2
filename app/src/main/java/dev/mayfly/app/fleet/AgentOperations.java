package dev.mayfly.app.fleet;

import dev.mayfly.app.Settings;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.agent.AgentCore;
import dev.mayfly.fleet.agent.AgentSettings;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.host.FleetAgent;
import dev.mayfly.fleet.host.HostSettings;
import dev.mayfly.fleet.host.KeptOutput;
import dev.mayfly.fleet.journal.FileJournal;
import dev.mayfly.fleet.remote.GrpcDial;
import dev.mayfly.fleet.remote.ServerAddress;
import dev.mayfly.fleet.runner.Deadlines;
import dev.mayfly.fleet.schedule.Offer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/** Is the agent of this host. */
final class AgentOperations {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** The client waits two minutes for the end of a command that was told to stop. */
    private static final Duration LONGEST_GRACE = Duration.ofSeconds(100);

    private AgentOperations() {}

    static int serve(FleetWords words, FleetSession session) throws InterruptedException {
        Settings settings = session.settings();
        ServerAddress server = session.addressForAgent(words);
        Duration grace = words.time("--grace", Duration.ZERO, LONGEST_GRACE).orElse(GRACE);
        ThisHost host = ThisHost.of(words);
        Offer offer = host.offer();
        Log log = settings.serviceLog();
        FleetPlaces places = session.places();
        try (FileJournal journal = FileJournal.open(places.agent());
                Backend machines = AgentBackends.open(words, session, log);
                Backend backend = new KeptOutput(machines, places.agent().resolve("logs"), log);
                GrpcDial dial = new GrpcDial(server, log);
                FleetAgent agent = FleetAgent.start(
                        new AgentCore(
                                journal,
                                new AgentSettings(offer, Deadlines.usual(), ServerOperations.INTERVAL, LEASE),
                                Ticker.system()),
                        backend,
                        dial,
                        new HostSettings(
                                host.name(), offer, host.boots(), host.standing(), Optional.of(places.starts())),
                        new SecureRandom(),
                        log)) {
            session.voice()
                    .result("mayfly fleet agent is ready: " + host.name() + ", up to " + offer.maxRunners()
                            + " runners, server " + server);
            return untilTold(agent, grace, log);
        }
    }

    private static int untilTold(FleetAgent agent, Duration grace, Log log) {
        try {
            agent.awaitEnd();
        } catch (InterruptedException _) {
            drain(agent, grace, log);
            return ExitCode.GREEN.number();
        }
        throw new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "the agent of this host has ended; its machines live on",
                "its journal could not be written, or there is a bug; see the log above",
                "see to it that its disk has room; then: mayfly fleet agent");
    }

    private static void drain(FleetAgent agent, Duration grace, Log log) {
        agent.drain();
        try {
            if (agent.awaitEmpty(grace)) {
                log.info().log("stopped; no machine is left here");
            } else {
                log.info().log("stopped; machines that work live on, and the next agent goes on with them");
            }
        } catch (InterruptedException _) {
            log.warn().log("told to stop twice: not waiting for what works");
        }
    }
}
