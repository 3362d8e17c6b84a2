package dev.mayfly.mesh.agent;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.exchange.ServicesSeen;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Probes from all addresses of a host. It answers and probes for as long as it lives, with the last list it was given, whether
 * its controller is there or not; what it could not report is kept a while and told when it comes back.
 */
public final class Agent implements AutoCloseable {
    /** That of all agents of the open-source R-Pingmesh, which do not say theirs. */
    public static final int QUEUE_KEY = Peer.USUAL_KEY;

    private static final int MOST_UNSENT = 50_000;
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration WATCHDOG = Duration.ofSeconds(5);
    private static final int MOST_IN_A_REPORT = 5_000;
    private static final Duration GATHER = Duration.ofMillis(10);

    private final Supplier<ControllerLink> connect;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Log log;
    private final List<EndpointRunner> runners = new ArrayList<>();
    private final List<Optional<PathLearner>> learners = new ArrayList<>();
    private final SharedBudget host;
    private final Watchdog watchdog;
    private final Deque<AgentReport.Row> unsent = new ArrayDeque<>();
    private final Optional<ServiceTraces> services;
    private final Semaphore news = new Semaphore(0);
    private final Thread reporting;
    private AgentSettings settings;
    private ServicesSeen servicesTold = ServicesSeen.NONE;
    private double pace = 1;
    private long dropped;
    private long lookedAt;
    private volatile boolean closed;
    private volatile boolean connected;

    /** What an agent is made of, beside its settings. */
    public record Parts(
            Sockets sockets,
            Supplier<ControllerLink> connect,
            Load load,
            Ticker ticker,
            RandomGenerator random,
            Log log,
            Optional<ServiceTraces.Means> services) {
        /** Of one that does not look at services. */
        public Parts(
                Sockets sockets,
                Supplier<ControllerLink> connect,
                Load load,
                Ticker ticker,
                RandomGenerator random,
                Log log) {
            this(sockets, connect, load, ticker, random, log, Optional.empty());
        }
    }

    private Agent(AgentSettings settings, Parts parts) {
        this.settings = settings;
        this.connect = parts.connect();
        this.ticker = parts.ticker();
        this.random = parts.random();
        this.log = parts.log();
        this.host = new SharedBudget(settings.budget().host(), ticker.nanos());
        this.watchdog = new Watchdog(parts.load()::heap, parts.load()::processor, settings.protection());
        Optional<ServiceTraces> tracing;
        try {
            for (AgentSettings.Outlet outlet : settings.outlets()) {
                open(outlet, parts.sockets());
            }
            Set<IpAddress> addresses = settings.outlets().stream()
                    .map(AgentSettings.Outlet::address)
                    .collect(Collectors.toSet());
            tracing = parts.services().map(means -> ServiceTraces.start(means, addresses, news::release, log));
        } catch (RuntimeException e) {
            closeAll();
            throw e;
        }
        services = tracing;
        runners.forEach(EndpointRunner::start);
        learners.forEach(each -> each.ifPresent(PathLearner::start));
        lookedAt = ticker.nanos();
        reporting = Thread.ofVirtual().name("mesh-report-" + settings.agent()).start(this::reportAlways);
    }

    /**
     * Begins to answer, and to probe as soon as a controller says whom.
     *
     * @throws MayflyException {@code LISTEN_FAILED} when an address or port cannot be had, {@code TRACING_UNAVAILABLE} when
     *     services are to be seen and cannot
     */
    public static Agent start(AgentSettings settings, Parts parts) {
        return new Agent(settings, parts);
    }

    private void open(AgentSettings.Outlet outlet, Sockets sockets) {
        List<Integer> ports = ports(outlet);
        Endpoint.Self self = EndpointRunner.self(random, ports);
        FlowTally tally = new FlowTally(outlet.address(), Pace.USUAL.window(), EndpointRunner.KEEP);
        runners.add(new EndpointRunner(
                sockets,
                sockets.transport(outlet.address(), ports),
                self,
                tally,
                host,
                settings.budget().link(),
                random,
                ticker));
        learners.add(sockets.paths(outlet.address())
                .map(socket -> new PathLearner(outlet.address(), socket, random, ticker)));
    }

    private static List<Integer> ports(AgentSettings.Outlet outlet) {
        return IntStream.range(0, outlet.sourcePorts())
                .mapToObj(i -> Roce.FIRST_SOURCE_PORT + i)
                .toList();
    }

    /** As it is at the moment: a card that had to be opened anew has another queue pair. */
    public Registration registration() {
        List<Card> cards = new ArrayList<>();
        for (int i = 0; i < runners.size(); i++) {
            AgentSettings.Outlet outlet = settings.outlets().get(i);
            cards.add(new Card(
                    outlet.address(),
                    runners.get(i).queuePair(),
                    QUEUE_KEY,
                    outlet.device(),
                    outlet.tor(),
                    ports(outlet)));
        }
        return new Registration(settings.agent(), settings.host(), cards);
    }

    /** Whether the controller took its last report. */
    public boolean connected() {
        return connected;
    }

    /** Takes over what may change while it runs: budget and protection. */
    public void reload(AgentSettings newer) {
        settings = settings.with(newer.budget(), newer.protection());
        host.limit(newer.budget().host(), ticker.nanos());
        runners.forEach(runner -> runner.linkBudget(newer.budget().link()));
        watchdog.limits(newer.protection());
    }

    private void reportAlways() {
        Duration wait = SHORTEST_WAIT;
        while (!closed) {
            long start = ticker.nanos();
            try (ControllerLink link = connect.get()) {
                reportTo(link);
                wait = SHORTEST_WAIT;
            } catch (MayflyException e) {
                log.warn().with("why", e.why()).with("fix", e.fix()).log(e.what());
            } catch (InterruptedException e) {
                // Closed, or the end of a stream that came late.
            }
            connected = false;
            try {
                // Agents that lost their controller together do not come back together.
                TimeUnit.NANOSECONDS.sleep((long) (wait.toNanos() * (0.5 + random.nextDouble())));
            } catch (InterruptedException e) {
                continue;
            }
            boolean lasted = ticker.since(start) > LONGEST_WAIT.toNanos();
            wait = lasted ? SHORTEST_WAIT : longer(wait);
        }
    }

    private static Duration longer(Duration wait) {
        Duration twice = wait.multipliedBy(2);
        return twice.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : twice;
    }

    /** Until the controller does not know it any more, or what it was told is not true any more: then it registers again. */
    private void reportTo(ControllerLink link) throws InterruptedException {
        Registration told = registration();
        Pace asked = link.register(told);
        servicesTold = ServicesSeen.NONE;
        if (!asked.window().equals(Pace.USUAL.window())) {
            log.warn()
                    .log("the controller asks for windows of " + asked.window().toMillis() + " ms; this agent reports "
                            + Pace.USUAL.window().toMillis());
        }
        Thread me = Thread.currentThread();
        Runnable unwatch = link.watchPinglists(settings.agent(), this::take, me::interrupt);
        try {
            while (!closed && link.report(collect())) {
                connected = true;
                rest(asked.report());
                lookAround();
                if (!registration().equals(told)) {
                    log.info().log("a card has another queue pair now; registering again");
                    return;
                }
            }
        } catch (InterruptedException e) {
            if (closed) {
                throw e;
            }
            log.info().log("the controller ended the stream of lists; registering again");
        } finally {
            unwatch.run();
        }
    }

    /** Until the next report is due, or a service began or ended something. */
    private void rest(Duration time) throws InterruptedException {
        if (news.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
            // Connections mostly come in numbers.
            Thread.sleep(GATHER);
            news.drainPermits();
        }
    }

    private void take(Pinglist list) {
        for (int i = 0; i < runners.size(); i++) {
            if (runners.get(i).transport().address().equals(list.card())) {
                runners.get(i).use(list);
                learners.get(i).ifPresent(learner -> learner.use(list));
            }
        }
    }

    private AgentReport collect() {
        long now = ticker.nanos();
        List<AgentReport.Lengths> lengths = new ArrayList<>();
        List<AgentReport.LearnedPath> paths = new ArrayList<>();
        long lost = dropped;
        long stalled = 0;
        for (EndpointRunner runner : runners) {
            stalled = Math.max(stalled, runner.stalled(now));
            FlowTally.Told told = runner.tally().drain(now);
            unsent.addAll(told.rows());
            lengths.addAll(told.lengths());
            lost += told.dropped();
        }
        while (unsent.size() > MOST_UNSENT) {
            unsent.removeFirst();
            dropped++;
        }
        learners.forEach(each -> each.ifPresent(learner -> paths.addAll(learner.drain())));
        List<AgentReport.Row> rows = new ArrayList<>();
        while (!unsent.isEmpty() && rows.size() < MOST_IN_A_REPORT) {
            rows.add(unsent.removeFirst());
        }
        return new AgentReport(settings.agent(), now, rows, lengths, paths, pace, lost, stalled, servicesToTell());
    }

    private Optional<ServicesSeen> servicesToTell() {
        long missing = runners.stream().mapToLong(EndpointRunner::portsMissing).sum();
        ServicesSeen seen =
                services.map(ServiceTraces::seen).orElse(ServicesSeen.NONE).withPortsMissing(missing);
        if (missing > servicesTold.portsMissing()) {
            log.warn()
                    .with("ports", missing)
                    .log("other programs have source ports of services; the paths of these are not probed as they are");
        }
        if (seen.equals(servicesTold)) {
            return Optional.empty();
        }
        servicesTold = seen;
        return Optional.of(seen);
    }

    private void lookAround() {
        if (ticker.since(lookedAt) < WATCHDOG.toNanos()) {
            return;
        }
        lookedAt = ticker.nanos();
        double now = watchdog.look();
        if (now != pace) {
            pace = now;
            log.warn().with("share", now).log(now < 1 ? "slowed down to spare this host" : "back at full pace");
            runners.forEach(runner -> runner.pace(now));
        }
    }

    /** Ends it; what was not reported is lost. */
    @Override
    public void close() {
        closed = true;
        reporting.interrupt();
        try {
            reporting.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        services.ifPresent(ServiceTraces::close);
        closeAll();
    }

    private void closeAll() {
        learners.forEach(each -> each.ifPresent(PathLearner::close));
        runners.forEach(EndpointRunner::close);
    }
}
