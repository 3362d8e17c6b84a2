package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.Shutdown;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.agent.AgentSettings;
import dev.mayfly.mesh.agent.CardSockets;
import dev.mayfly.mesh.agent.HostSockets;
import dev.mayfly.mesh.agent.Load;
import dev.mayfly.mesh.agent.ServiceTraces;
import dev.mayfly.mesh.agent.Sockets;
import dev.mayfly.mesh.card.CardOptions;
import dev.mayfly.mesh.card.VerbsCards;
import dev.mayfly.mesh.demo.NamespaceSockets;
import dev.mayfly.mesh.doctor.HostFiles;
import dev.mayfly.mesh.doctor.HostGids;
import dev.mayfly.mesh.rpc.RemoteController;
import dev.mayfly.mesh.verbs.VerbsOptions;
import dev.mayfly.mesh.verbs.VerbsTracer;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code mayfly mesh agent}: until it is told to stop. */
final class AgentOperations {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long MOST_PIDS = 1L << 22;

    private AgentOperations() {}

    static int run(HandedWords words, MeshSession session) {
        Optional<Path> file = words.text("--file").map(Path::of);
        AgentFile.Read read = AgentFile.read(file, words.options(), session.environment());
        Log log = session.settings().serviceLog().named("agent");
        read.ignored().forEach(name -> log.warn().log(name + " has no effect here"));
        MeshSecrets secrets = MeshSecrets.ofClient(session.settings().config());
        MeshAddress controller = MeshAddress.parse(read.config().get(AgentFile.CONTROLLER));
        Sockets sockets = sockets(words, read.config(), log);
        AgentSettings settings = settings(read.config());
        Agent.Parts parts = new Agent.Parts(
                sockets,
                () -> RemoteController.lazy(controller.host(), controller.port(), secrets.token(), secrets.tls()),
                Load.ofThisProcess(),
                Ticker.system(),
                new SecureRandom(),
                log,
                services(read.config(), log));
        try (Agent agent = Agent.start(settings, parts)) {
            session.voice()
                    .result("mayfly mesh agent is ready: " + settings.agent() + ", "
                            + settings.outlets().stream()
                                    .map(outlet -> outlet.address() + " at " + outlet.tor())
                                    .toList()
                            + (parts.services().isPresent() ? ", sees services" : ""));
            file.ifPresent(path -> Thread.startVirtualThread(() -> watch(path, words, session, agent, log)));
            if (words.on("--until-eof")) {
                awaitEndOfInput();
            } else {
                Shutdown.await();
            }
        }
        return ExitCode.GREEN.number();
    }

    private static Optional<ServiceTraces.Means> services(Config config, Log log) {
        if (!config.get(AgentFile.TRACE)) {
            return Optional.empty();
        }
        VerbsOptions options = VerbsOptions.USUAL.withNames(
                Set.copyOf(config.find(AgentFile.LIBRARIES).orElse(List.of())));
        return Optional.of(new ServiceTraces.Means(
                new VerbsTracer(options, log),
                new HostGids(new HostFiles(Path.of(config.get(AgentFile.ROOT)))),
                VerbsTracer.alive()));
    }

    private static Sockets sockets(HandedWords words, Config config, Log log) {
        boolean verbs = TransportWords.verbs(config.get(AgentFile.TRANSPORT));
        if (words.text("--network-of").isPresent()) {
            if (verbs) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "--network-of and --transport verbs do not go together",
                        "RDMA cards are of the host, not of a network namespace",
                        "leave one of them out");
            }
            return new NamespaceSockets(words.number("--network-of", 1, MOST_PIDS, 1));
        }
        HostSockets host = new HostSockets(Ticker.system(), log);
        return verbs
                ? new CardSockets(
                        VerbsLibrary.load(),
                        CardOptions.USUAL.withTrafficClass(config.get(AgentFile.TRAFFIC_CLASS)),
                        host,
                        Ticker.system())
                : host;
    }

    private static AgentSettings settings(Config config) {
        String host = config.find(AgentFile.HOST).orElseGet(AgentOperations::thisHost);
        String tor = config.find(AgentFile.TOR)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "which switch is this host plugged into?",
                        "the mesh tells cards from the fabric by who is at the same switch",
                        "say --tor NAME, or tor: NAME in the file; any name that hosts of one switch share"));
        return new AgentSettings(
                config.find(AgentFile.AGENT).orElse(host),
                host,
                outlets(config, tor),
                budget(config),
                protection(config));
    }

    private static AgentSettings.Budget budget(Config config) {
        return new AgentSettings.Budget(config.get(AgentFile.HOST_BUDGET), config.get(AgentFile.LINK_BUDGET));
    }

    private static AgentSettings.Protection protection(Config config) {
        String memory = config.get(AgentFile.MEMORY);
        try {
            double share = Double.parseDouble(memory);
            if (share > 0 && share <= 1) {
                return new AgentSettings.Protection(share, config.get(AgentFile.PROCESSOR) / 100.0);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new MayflyException(
                ErrorCode.CONFIGURATION_INVALID,
                AgentFile.MEMORY.name() + " does not understand '" + memory + "'",
                "it takes a share above 0, at most 1",
                "for example: 0.9");
    }

    private static List<AgentSettings.Outlet> outlets(Config config, String tor) {
        int ports = config.get(AgentFile.SOURCE_PORTS);
        List<String> devices = config.find(AgentFile.DEVICES).orElse(List.of());
        List<AgentSettings.Outlet> outlets = new ArrayList<>();
        List<String> typed = config.find(AgentFile.ADDRESSES).orElse(List.of());
        if (!typed.isEmpty()) {
            for (String each : typed) {
                String device = devices.size() == 1 ? devices.getFirst() : "";
                outlets.add(new AgentSettings.Outlet(address(each), device, tor, ports));
            }
            return outlets;
        }
        if (TransportWords.verbs(config.get(AgentFile.TRANSPORT))) {
            for (VerbsCards.Card card : VerbsCards.routed(VerbsLibrary.load())) {
                if (devices.isEmpty() || devices.contains(card.device())) {
                    outlets.add(new AgentSettings.Outlet(card.address(), card.device(), tor, ports));
                }
            }
            if (outlets.isEmpty()) {
                throw VerbsCards.none(VerbsLibrary.load());
            }
            return outlets;
        }
        for (NetworkInterface device : interfaces()) {
            if (devices.isEmpty() || devices.contains(device.getName())) {
                Collections.list(device.getInetAddresses()).stream()
                        .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                        .forEach(each -> outlets.add(
                                new AgentSettings.Outlet(IpAddress.of(each), device.getName(), tor, ports)));
            }
        }
        if (outlets.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "there is no address to probe from",
                    "no device that may be used has one that is more than this host's own",
                    "say --address ADDRESS");
        }
        return outlets;
    }

    private static IpAddress address(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE, "'" + text + "' is no address", "it is a number", "for example: 10.0.0.7", e);
        }
    }

    private static List<NetworkInterface> interfaces() {
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces());
        } catch (SocketException e) {
            return List.of();
        }
    }

    static String thisHost() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Takes over a file that changed; one that cannot be used changes nothing, and that is said. */
    private static void watch(Path file, HandedWords words, MeshSession session, Agent agent, Log log) {
        FileTime before = changed(file);
        try {
            while (true) {
                Thread.sleep(LOOK);
                FileTime now = changed(file);
                if (now.equals(before)) {
                    continue;
                }
                before = now;
                try {
                    Config config = AgentFile.read(Optional.of(file), words.options(), session.environment())
                            .config();
                    agent.reload(settings(config));
                    log.info().log("took over budget and protection of " + file);
                } catch (MayflyException e) {
                    log.warn().with("why", e.why()).log("the file " + file + " changed and cannot be used");
                }
            }
        } catch (InterruptedException e) {
            // The end of the program.
        }
    }

    private static FileTime changed(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static void awaitEndOfInput() {
        try {
            System.in.skip(Long.MAX_VALUE);
            while (System.in.read() >= 0) {
                // Whatever it says.
            }
        } catch (IOException e) {
            // That is an end, too.
        }
    }
}
