package dev.mayfly.bench;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.agent.AgentSettings;
import dev.mayfly.mesh.agent.HostSockets;
import dev.mayfly.mesh.agent.Load;
import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.control.Registry;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.controller.ControllerOptions;
import dev.mayfly.mesh.controller.Totals;
import dev.mayfly.mesh.rpc.ControllerServer;
import dev.mayfly.mesh.rpc.RemoteController;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.rpc.Tls;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What an agent takes, in a process of its own as people start it: eight addresses of loopback stand for eight cards. Each
 * probes the eight of another agent 40 times a second and answers as many probes of theirs.
 *
 * @param probesPerSecond of each card, as they were reported
 * @param coreOfCard share of a core that the process used for each card, of which frames through the kernel are a part
 * @param megabytes resident in the end
 */
record MeshAgentCost(double probesPerSecond, double coreOfCard, double megabytes) {
    static final int CARDS = 8;
    static final double RATE_OF_A_TARGET = 40;

    private static final double BUDGET = 2 * CARDS * CARDS * RATE_OF_A_TARGET;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

    /**
     * @param script that starts the program
     * @param warm for how long it runs before it is looked at
     * @throws IOException when it does not come to run
     */
    static MeshAgentCost measure(Path script, Duration warm, Duration time) throws IOException, InterruptedException {
        int network = ThreadLocalRandom.current().nextInt(1, 255);
        try (Scratch scratch = Scratch.make();
                SqliteStore store = SqliteStore.open(
                        scratch.path().resolve("mesh.db"),
                        Registry.SCHEMA,
                        SqliteOptions.DEFAULT,
                        Clock.systemUTC(),
                        Log.off());
                Controller controller =
                        new Controller(new Registry(store), options(), Ticker.system(), Clock.systemUTC(), Log.off());
                ControllerServer server = ControllerServer.start(
                        controller,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty(),
                        Tls.NONE);
                Agent _ = other(addresses(network, 2), server.port())) {
            Process process = start(script, addresses(network, 1), server.port(), scratch.path());
            try {
                await(controller, process);
                TimeUnit.NANOSECONDS.sleep(warm.toNanos());
                return over(time, process, controller);
            } finally {
                process.destroy();
                if (!process.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        }
    }

    private static ControllerOptions options() {
        ControllerOptions usual = ControllerOptions.USUAL;
        PinglistOptions lists = new PinglistOptions(1, 0.9, 1, RATE_OF_A_TARGET, 1);
        return new ControllerOptions(lists, usual.judge(), usual.pace(), usual.forget(), usual.names());
    }

    private static List<IpAddress> addresses(int network, int host) {
        return IntStream.rangeClosed(1, CARDS)
                .mapToObj(card -> IpAddress.parse("127." + network + "." + host + "." + card))
                .toList();
    }

    private static Agent other(List<IpAddress> addresses, int port) {
        List<AgentSettings.Outlet> outlets = addresses.stream()
                .map(address -> new AgentSettings.Outlet(address, "", "rack", 16))
                .toList();
        return Agent.start(
                new AgentSettings(
                        "other",
                        "other",
                        outlets,
                        new AgentSettings.Budget(BUDGET, BUDGET),
                        AgentSettings.Protection.USUAL),
                new Agent.Parts(
                        new HostSockets(Ticker.system(), Log.off()),
                        () -> RemoteController.lazy("127.0.0.1", port, Optional.empty(), Tls.NONE),
                        Load.unknown(),
                        Ticker.system(),
                        new Random(1),
                        Log.off()));
    }

    private static Process start(Path script, List<IpAddress> addresses, int port, Path home) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                script.toString(),
                "--home",
                home.resolve("home").toString(),
                "mesh",
                "agent",
                "--until-eof",
                "--controller=127.0.0.1:" + port,
                "--name=measured",
                "--host=measured",
                "--tor=rack",
                "--host-budget=" + (int) BUDGET));
        addresses.forEach(address -> command.add("--address=" + address));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(home.resolve("agent.log").toFile())
                .start();
    }

    private static void await(Controller controller, Process process) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (controller.inventory().cards().size() < 2 * CARDS) {
            if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IOException("the agent does not come to run");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static MeshAgentCost over(Duration time, Process process, Controller controller)
            throws IOException, InterruptedException {
        long probes = probes(controller.totals());
        Duration used = used(process);
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        double seconds = (System.nanoTime() - start) / 1e9;
        double cores = used(process).minus(used).toNanos() / 1e9 / seconds;
        // Both agents report, and each as many.
        double rate = (probes(controller.totals()) - probes) / seconds / (2 * CARDS);
        return new MeshAgentCost(rate, cores / CARDS, resident(process) / 1e6);
    }

    private static Duration used(Process process) throws IOException {
        return process.info().totalCpuDuration().orElseThrow(() -> new IOException("the agent has gone"));
    }

    private static long probes(Totals totals) {
        return totals.pairs().values().stream()
                .flatMap(pairs -> pairs.verdicts().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    private static long resident(Process process) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("the agent has gone");
    }
}
