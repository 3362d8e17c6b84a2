package dev.mayfly.mesh.demo;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.agent.AgentSettings;
import dev.mayfly.mesh.agent.Load;
import dev.mayfly.mesh.control.Coverage;
import dev.mayfly.mesh.control.PinglistOptions;
import dev.mayfly.mesh.control.Registry;
import dev.mayfly.mesh.controller.Controller;
import dev.mayfly.mesh.controller.ControllerOptions;
import dev.mayfly.mesh.controller.HealthQuestion;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.judge.Incident;
import dev.mayfly.mesh.judge.JudgeOptions;
import dev.mayfly.mesh.rpc.ControllerServer;
import dev.mayfly.mesh.rpc.RemoteController;
import dev.mayfly.rpc.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Builds the fabric, starts a controller and an agent for each host, breaks something, and watches what the controller says.
 * The agents probe from within their namespaces and speak to the controller outside of them, as over a network for management.
 */
public final class Demo implements AutoCloseable {
    private static final int SOURCE_PORTS = 8;
    private static final int INTER_TOR_TARGETS = 5;
    private static final int ROWS_OF_A_HOST = 50;
    private static final Duration LOOK = Duration.ofMillis(20);
    /** What is waited for at the beginning takes the controller long to say of a large fabric, and keeps it from judging. */
    private static final Duration GLANCE = Duration.ofMillis(250);

    /** The name of a host as a component begins like that. */
    static final String HOST = "host ";

    private static final Duration STALLS = Duration.ofSeconds(6);
    private static final Duration FLAP = Duration.ofSeconds(1);

    private final DemoOptions options;
    private final Parts parts;
    private final Random random;
    private final List<Agent> agents = new ArrayList<>();
    private final Namespaces namespaces;
    private final Controller controller;
    private final ControllerServer server;
    private Optional<AgentProcess> apart = Optional.empty();

    /**
     * What a demonstration is made of.
     *
     * @param registry an empty one of its own
     * @param agentCommand how to start an agent in a process of its own: {@code --network-of PID} and what
     *     {@code mayfly mesh agent} takes are added
     */
    public record Parts(
            Registry registry, List<String> agentCommand, Ticker ticker, Clock clock, Log log, DemoVoice voice) {
        public Parts {
            agentCommand = List.copyOf(agentCommand);
        }
    }

    private Demo(DemoOptions options, Parts parts) {
        this.options = options;
        this.parts = parts;
        this.random = new Random(options.seed());
        ClosPlan plan = options.plan();
        long start = parts.ticker().nanos();
        namespaces = Namespaces.make(plan.namespaces());
        try {
            build();
            say(String.format(
                    Locale.ROOT,
                    "%d namespaces with %d cables, built in %.1f s",
                    plan.namespaces().size(),
                    plan.leaves() * (plan.hosts() + plan.spines()),
                    seconds(parts.ticker().since(start))));
            controller = new Controller(
                    parts.registry(),
                    controllerOptions(plan),
                    parts.ticker(),
                    parts.clock(),
                    parts.log().named("mesh"));
        } catch (RuntimeException e) {
            namespaces.close();
            throw e;
        }
        try {
            server = ControllerServer.start(
                    controller, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty(), Tls.NONE);
        } catch (RuntimeException e) {
            controller.close();
            namespaces.close();
            throw e;
        }
    }

    /**
     * Builds everything and waits until each link is crossed by probes.
     *
     * @throws MayflyException {@code NAMESPACE_DENIED} where namespaces cannot be had, {@code WAIT_OVER} when it does not work
     */
    public static Demo start(DemoOptions options, Parts parts) throws InterruptedException {
        Demo demo = new Demo(options, parts);
        try {
            demo.startAgents();
            return demo;
        } catch (RuntimeException | InterruptedException e) {
            demo.close();
            throw e;
        }
    }

    private ControllerOptions controllerOptions(ClosPlan plan) {
        JudgeOptions usual = JudgeOptions.USUAL;
        JudgeOptions impatient = new JudgeOptions(
                usual.window(),
                usual.hint(),
                usual.settle(),
                usual.silence(),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                usual.remembered());
        return new ControllerOptions(
                new PinglistOptions(plan.spines(), 0.99, INTER_TOR_TARGETS, options.torMesh(), options.interTor()),
                impatient,
                Pace.USUAL,
                Duration.ofMinutes(15),
                plan.switchNames());
    }

    private void build() {
        ClosPlan plan = options.plan();
        each(plan.leaves(), leaf -> namespaces.run(ClosPlan.leaf(leaf), plan.cables(leaf, namespaces.pids())));
        each(plan.spines(), spine -> namespaces.run(ClosPlan.spine(spine), plan.spineScript(spine)));
        each(plan.leaves() * plan.hosts(), n -> {
            int leaf = n / plan.hosts();
            int host = n % plan.hosts();
            namespaces.run(ClosPlan.host(leaf, host), plan.hostScript(leaf, host));
        });
        each(plan.leaves(), leaf -> namespaces.run(ClosPlan.leaf(leaf), plan.routes(leaf)));
    }

    private interface Step {
        void take(int number);
    }

    /** All of them side by side. */
    private static void each(int count, Step step) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> steps = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                steps.add(threads.submit(() -> step.take(number)));
            }
            for (Future<?> each : steps) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof MayflyException known) {
                throw known;
            }
            throw new IllegalStateException("a step failed", e.getCause());
        }
    }

    private void startAgents() throws InterruptedException {
        ClosPlan plan = options.plan();
        long start = parts.ticker().nanos();
        boolean needed =
                options.faults().contains(FaultKind.BUSY) || options.faults().contains(FaultKind.GONE);
        for (int leaf = 0; leaf < plan.leaves(); leaf++) {
            for (int host = 0; host < plan.hosts(); host++) {
                boolean last = leaf == plan.leaves() - 1 && host == plan.hosts() - 1;
                if (last && needed) {
                    apart = Optional.of(startApart());
                } else {
                    agents.add(agent(leaf, host));
                }
            }
        }
        int hosts = plan.leaves() * plan.hosts();
        await(
                "all agents to register",
                () -> controller.inventory().cards().size() == hosts,
                () -> controller.inventory().cards().size() + " of " + hosts + " had");
        try {
            await(
                    "probes to cross each link",
                    () -> controller.coverage().whole(),
                    () -> controller.coverage().shortfalls().size() + " things were short");
        } catch (MayflyException e) {
            Coverage coverage = controller.coverage();
            throw new MayflyException(
                    e.code(), e.what(), String.join("; ", coverage.shortfalls()), "give it more --patience", e);
        }
        await(
                "a sound fabric",
                () -> controller.totals().rows() > ROWS_OF_A_HOST * hosts
                        && controller.suspected().keySet().stream().allMatch(name -> name.startsWith(HOST))
                        && ofNetwork().isEmpty(),
                () -> controller.totals().rows() + " rows of probes were there, and "
                        + (ofNetwork().isEmpty() ? "something was suspected" : ofNetwork() + " was blamed"));
        say(String.format(
                Locale.ROOT,
                "%d agents probe and cross each of %d one-way links, after %.1f s",
                hosts,
                controller.coverage().links().size(),
                seconds(parts.ticker().since(start))));
        long busy = incidents().filter(each -> each.fault().ofHost()).count();
        if (busy > 0) {
            say("  " + busy + " of the hosts are busy: they share the processors of this machine, which is no fault of"
                    + " the network");
        }
    }

    private Stream<Incident> incidents() {
        return controller.health(new HealthQuestion.Everything()).incidents().stream();
    }

    /** What is blamed now; hosts are left out, as those of a large fabric have less than a processor each. */
    private List<String> ofNetwork() {
        return incidents()
                .filter(each -> !each.fault().ofHost())
                .map(Incident::component)
                .toList();
    }

    private Agent agent(int leaf, int host) {
        String name = ClosPlan.host(leaf, host);
        AgentSettings settings = new AgentSettings(
                name,
                name,
                List.of(new AgentSettings.Outlet(
                        options.plan().address(leaf, host), ClosPlan.CARD, ClosPlan.leaf(leaf), SOURCE_PORTS)),
                AgentSettings.Budget.USUAL,
                AgentSettings.Protection.USUAL);
        int port = server.port();
        return Agent.start(
                settings,
                new Agent.Parts(
                        new NamespaceSockets(namespaces.pid(name)),
                        () -> RemoteController.lazy("127.0.0.1", port, Optional.empty(), Tls.NONE),
                        // All agents are in this one process, whose load says nothing about a host.
                        Load.unknown(),
                        parts.ticker(),
                        new Random(random.nextLong()),
                        parts.log().named("agent")));
    }

    private AgentProcess startApart() {
        ClosPlan plan = options.plan();
        int leaf = plan.leaves() - 1;
        int host = plan.hosts() - 1;
        String name = ClosPlan.host(leaf, host);
        List<String> command = new ArrayList<>(parts.agentCommand());
        command.addAll(List.of(
                "--network-of=" + namespaces.pid(name),
                "--until-eof",
                "--controller=127.0.0.1:" + server.port(),
                "--name=" + name,
                "--host=" + name,
                "--address=" + plan.address(leaf, host),
                "--device=" + ClosPlan.CARD,
                "--tor=" + ClosPlan.leaf(leaf),
                "--source-ports=" + SOURCE_PORTS));
        return AgentProcess.start(command);
    }

    /** Makes each of the faults, one after the other. */
    public List<Trial> run() throws InterruptedException {
        List<Trial> trials = new ArrayList<>();
        for (FaultKind kind : options.faults()) {
            trials.add(trial(kind));
        }
        return trials;
    }

    private Trial trial(FaultKind kind) throws InterruptedException {
        ClosPlan plan = options.plan();
        Injection injection = Injection.of(
                kind,
                plan,
                random.nextInt(plan.leaves()),
                random.nextInt(plan.spines()),
                random.nextInt(plan.hosts()),
                options.loss());
        say(String.format(Locale.ROOT, "%s: %s", kind.word(), injection.component()));
        Instant began = parts.clock().instant();
        Watched watched = new Watched(began, injection);
        Thread flapping = begin(injection);
        try {
            awaitOr(() -> watched.look(), options.patience());
            // A component that is found first may become another one when more is known.
            if (!watched.right()) {
                awaitOr(() -> watched.look() && watched.right(), Duration.ofSeconds(3));
            }
        } finally {
            end(injection, flapping);
        }
        boolean over = awaitOr(
                () -> {
                    watched.look();
                    return ofNetwork().isEmpty()
                            && incidents().noneMatch(each -> each.component().equals(injection.component()));
                },
                options.patience());
        Trial trial = watched.trial(over);
        report(trial);
        return trial;
    }

    private Thread begin(Injection injection) {
        switch (injection.kind()) {
            case BUSY -> apart.orElseThrow().stallFor(STALLS);
            case GONE -> apart.orElseThrow().kill();
            default -> injection.begin(namespaces);
        }
        return Thread.startVirtualThread(() -> {
            try {
                while (injection.kind() == FaultKind.FLAP) {
                    Thread.sleep(FLAP);
                    injection.end(namespaces);
                    Thread.sleep(FLAP);
                    injection.begin(namespaces);
                }
            } catch (InterruptedException e) {
                // The fault is to end.
            }
        });
    }

    private void end(Injection injection, Thread flapping) throws InterruptedException {
        flapping.interrupt();
        flapping.join();
        switch (injection.kind()) {
            case BUSY -> apart.orElseThrow().awaitStallOver();
            case GONE -> apart = Optional.of(startApart());
            default -> {
                try {
                    injection.end(namespaces);
                } catch (MayflyException e) {
                    if (injection.kind() != FaultKind.FLAP) {
                        throw e;
                    }
                    // It was well at the moment, and there is nothing to take away.
                }
            }
        }
    }

    /** What the controller says while a fault is there. */
    private final class Watched {
        private final Instant began;
        private final Injection injection;
        private Optional<Instant> suspected = Optional.empty();
        private final List<Incident> seen = new ArrayList<>();

        private Watched(Instant began, Injection injection) {
            this.began = began;
            this.injection = injection;
        }

        /** @return whether what was done has an incident, or anything of the network has */
        boolean look() {
            if (suspected.isEmpty()) {
                suspected = controller.suspected().entrySet().stream()
                        .filter(each ->
                                !each.getKey().startsWith(HOST) || each.getKey().equals(injection.component()))
                        .map(Map.Entry::getValue)
                        .filter(since -> since.isAfter(began))
                        .min(Comparator.naturalOrder());
            }
            Stream.concat(
                            controller.health(new HealthQuestion.Everything()).incidents().stream(),
                            controller.history().stream())
                    .filter(incident -> incident.opened().isAfter(began))
                    .forEach(incident -> {
                        seen.removeIf(known -> known.id() == incident.id());
                        seen.add(incident);
                    });
            return seen.stream().anyMatch(this::counts);
        }

        /** Hosts that are busy by themselves are no answer to what was done to something else. */
        private boolean counts(Incident incident) {
            return !incident.fault().ofHost() || incident.component().equals(injection.component());
        }

        boolean right() {
            return rightOne().isPresent();
        }

        private Optional<Incident> rightOne() {
            return seen.stream()
                    .filter(incident -> incident.component().equals(injection.component())
                            && incident.fault().word().equals(injection.fault()))
                    .min(Comparator.comparing(Incident::opened));
        }

        Trial trial(boolean over) {
            Optional<Incident> best =
                    rightOne().or(() -> seen.stream().filter(this::counts).min(Comparator.comparing(Incident::opened)));
            Optional<Instant> first = Stream.concat(suspected.stream(), best.map(Incident::suspected).stream())
                    .min(Comparator.naturalOrder());
            return new Trial(
                    injection.kind(),
                    injection.component(),
                    injection.fault(),
                    best.map(Incident::component),
                    best.map(incident -> incident.fault().word()),
                    first.map(this::after),
                    rightOne().map(incident -> after(incident.opened())),
                    seen.stream()
                            .filter(incident -> best.isEmpty()
                                    || incident.id() != best.get().id())
                            .map(incident -> incident.component() + " "
                                    + incident.fault().word())
                            .toList(),
                    best.map(Incident::why).orElse(""),
                    over);
        }

        private double after(Instant moment) {
            return Duration.between(began, moment).toMillis() / 1e3;
        }
    }

    private void report(Trial trial) {
        if (trial.found().isEmpty()) {
            say(String.format(
                    Locale.ROOT, "  not found within %d s", options.patience().toSeconds()));
            return;
        }
        say(String.format(
                Locale.ROOT,
                "  suspected after %s, located after %s: %s %s%s",
                time(trial.suspectedSeconds()),
                time(trial.locatedSeconds()),
                trial.found().get(),
                trial.foundFault().orElse(""),
                trial.right() ? "" : " - not what was done"));
        say(String.format(Locale.ROOT, "  why: %s", trial.why()));
        trial.others().stream()
                .filter(other -> !other.startsWith(HOST))
                .forEach(other -> say(String.format(Locale.ROOT, "  also blamed: %s", other)));
        long hosts =
                trial.others().stream().filter(other -> other.startsWith(HOST)).count();
        if (hosts > 0) {
            say(String.format(Locale.ROOT, "  meanwhile %d hosts were busy, and told as that", hosts));
        }
        if (!trial.over()) {
            say(String.format(
                    Locale.ROOT,
                    "  and it was still said %d s after it was over",
                    options.patience().toSeconds()));
        }
    }

    private static String time(Optional<Double> seconds) {
        return seconds.map(each -> String.format(Locale.ROOT, "%.1f s", each)).orElse("-");
    }

    private void await(String what, BooleanSupplier condition, Supplier<String> instead) throws InterruptedException {
        if (!awaitOr(condition, options.patience(), GLANCE)) {
            throw new MayflyException(
                    ErrorCode.WAIT_OVER,
                    "The demonstration did not come to run",
                    "waited " + options.patience().toSeconds() + " s for " + what + "; " + instead.get(),
                    "give it more --patience, or a smaller fabric");
        }
    }

    private boolean awaitOr(BooleanSupplier condition, Duration time) throws InterruptedException {
        return awaitOr(condition, time, LOOK);
    }

    private boolean awaitOr(BooleanSupplier condition, Duration time, Duration between) throws InterruptedException {
        long end = parts.ticker().nanos() + time.toNanos();
        while (!condition.getAsBoolean()) {
            if (parts.ticker().nanos() - end > 0) {
                return false;
            }
            Thread.sleep(between);
        }
        return true;
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    private void say(String line) {
        parts.voice().say(line);
    }

    /** Ends agents, controller and namespaces. */
    @Override
    public void close() {
        each(agents.size(), n -> agents.get(n).close());
        apart.ifPresent(AgentProcess::close);
        server.close();
        controller.close();
        namespaces.close();
    }
}
