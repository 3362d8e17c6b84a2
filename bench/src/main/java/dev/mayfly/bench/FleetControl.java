package dev.mayfly.bench;

import dev.mayfly.base.program.Voice;
import dev.mayfly.bench.control.Callers;
import dev.mayfly.bench.control.Comparison;
import dev.mayfly.bench.control.FleetProcess;
import dev.mayfly.bench.control.PlayedFleet;
import dev.mayfly.bench.control.PlayedFleet.Standing;
import dev.mayfly.bench.control.Wish;
import dev.mayfly.fleet.remote.ServerAddress;
import dev.mayfly.fleet.wire.TokenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real server with thousands of played hosts and callers around it: how fast and how late runners get hosts, what it costs
 * when nothing happens, and what is left of it all when the server is killed.
 */
final class FleetControl {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MEGABYTE = 1 << 20;
    private static final int HEAP_MEGABYTES = 1_024;
    private static final int LOOK_AGAIN_MILLIS = 20;
    private static final long PATIENCE_SECONDS = 300;

    /** Hosts have room for more than what stands, else nothing could be placed on the last ones but in one order. */
    private static final int SPARE = 2;

    /** Of the runners, before anything counts: the server is compiled while it works. */
    private static final int WARM_UP_SHARE = 2;

    /** Of the runners, that are being placed when the server is killed. */
    private static final int FLIGHT_SHARE = 50;

    private static final int DELETED_AT_ONCE = 1_000;
    private static final long SETTLE_MILLIS = 2_000;

    /** A second apart. */
    private static final int LOOKS = 60;

    private final ControlOptions options;
    private final Path scratch;
    private final Path script;
    private final Map<String, String> environment;
    private final Voice voice;

    private final Series accepted =
            new Series("control_accepted", "placement: wish due until its caller hears of a host");
    private final Series carried = new Series("control_carried", "accepted until the order is with the host");
    private final Series ordered = new Series("control_ordered", "both: wish due until the order is with the host");
    private final Series ready = new Series("control_ready", "wish due until ready (hosts play 320 ms of it)");
    private long killedAt;
    private final List<Figure> figures = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private final List<NotRun> notRun = new ArrayList<>();

    FleetControl(ControlOptions options, Path scratch, Path script, Map<String, String> environment, Voice voice) {
        this.options = options;
        this.scratch = scratch;
        this.script = script;
        this.environment = environment;
        this.voice = voice;
    }

    String what() {
        return "control: " + options.agents() + " agents over "
                + (options.connections() == 0 ? "a connection each" : options.connections() + " connections") + ", "
                + options.runners() + " runners, " + options.rate() + " wishes a second, server with -Xmx"
                + HEAP_MEGABYTES + "m";
    }

    List<Series> series() {
        return Stream.of(accepted, carried, ordered, ready)
                .filter(each -> each.count() > 0)
                .toList();
    }

    List<Figure> figures() {
        return figures;
    }

    List<Reading> readings() {
        return readings;
    }

    List<NotRun> notRun() {
        return notRun;
    }

    void measure() throws IOException, InterruptedException {
        Path home = Files.createDirectory(scratch.resolve("h"));
        voice.progress("starting the server");
        FleetProcess first = start(home, 0);
        try (Around around = around(home, first.port())) {
            List<Wish> standing = new ArrayList<>();
            List<Standing> before;
            try (first) {
                connect(around);
                warmUp(around);
                standing.addAll(fill(around, first));
                idle(first);
                before = around.hosts().survey();
                standing.addAll(flight(around, first));
            }
            try (FleetProcess second = start(home, first.port())) {
                resynced(around, second);
                compare(around, standing, before);
                deleteAll(around, standing);
            }
        }
    }

    private FleetProcess start(Path home, int port) throws IOException {
        return FleetProcess.start(script, home, port, HEAP_MEGABYTES, environment);
    }

    /** Everything but the server. */
    private record Around(Callers callers, PlayedFleet hosts) implements AutoCloseable {
        @Override
        public void close() {
            callers.close();
            hosts.close();
        }
    }

    private Around around(Path home, int port) {
        Path tokens = home.resolve("fleet");
        Callers callers = new Callers(address(port, tokens.resolve("token")));
        return new Around(
                callers,
                new PlayedFleet(
                        address(port, tokens.resolve("agent-token")),
                        options.agents(),
                        Math.max(SPARE, Math.ceilDiv(options.runners() * SPARE, options.agents())),
                        options.connections(),
                        Runtime.getRuntime().availableProcessors(),
                        callers::ordered));
    }

    private static ServerAddress address(int port, Path token) {
        return ServerAddress.withoutTls("127.0.0.1", port, TokenFile.read(token));
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        voice.progress("waiting until " + what);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("after " + PATIENCE_SECONDS + " s it was not so that " + what);
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private void await(String what, List<Wish> all, Predicate<Wish> condition) throws InterruptedException {
        await(what, () -> all.stream().allMatch(condition));
    }

    private static double seconds(long nanos) {
        return nanos / NANOS_PER_SECOND;
    }

    private void read(String id, String name, String unit, double value) {
        readings.add(Reading.once(id, name, unit, value));
    }

    private void connect(Around around) throws InterruptedException {
        long begun = System.nanoTime();
        around.hosts().start();
        await("all agents are known", () -> around.hosts().synced() >= options.agents());
        read(
                "control_connected",
                "all agents known to a server that had never seen them",
                "s",
                seconds(System.nanoTime() - begun));
    }

    private void warmUp(Around around) throws InterruptedException {
        voice.progress("warming up");
        List<Wish> all = around.callers().wish(options.runners() / WARM_UP_SHARE, options.rate());
        await("the first runners are ready", all, Wish::isReady);
        around.callers().delete(all, DELETED_AT_ONCE);
        await("the first runners are gone", all, Wish::isGone);
    }

    private List<Wish> fill(Around around, FleetProcess server) throws IOException, InterruptedException {
        voice.progress("placing " + options.runners() + " runners");
        long refusals = around.callers().refusals();
        double processor = server.processorSeconds();
        long begun = System.nanoTime();
        List<Wish> all = around.callers().wish(options.runners(), options.rate());
        await("all runners are with hosts", all, Wish::isOrdered);
        long ended = all.stream().mapToLong(Wish::orderedAt).max().orElseThrow();
        await("all runners are ready", all, Wish::isReady);
        double took = seconds(ended - all.getFirst().meantAt());
        for (Wish wish : all) {
            ordered.record(wish.ordering());
            ready.record(wish.readyAt() - wish.meantAt());
            if (wish.accepting() >= 0) {
                accepted.record(wish.accepting());
                carried.record(wish.carrying());
            }
        }
        figures.add(Figure.atLeast(
                "control_rate", "placements sustained for " + Math.round(took) + " s", all.size() / took, "/s", 2_000));
        figures.add(Figure.atMost("control_accepted_p99", "placement, P99", accepted.millis(99), "ms", 10));
        figures.add(Figure.atMost(
                "control_carried_p99", "accepted to order at its host, P99", carried.millis(99), "ms", 5));
        read(
                "control_filling",
                "server, processor time while runners were placed",
                "s a s",
                (server.processorSeconds() - processor) / seconds(System.nanoTime() - begun));
        refused("placing", around.callers().refusals() - refusals, around.callers());
        return all;
    }

    private void refused(String while_, long refusals, Callers callers) {
        if (refusals > 0) {
            notRun.add(new NotRun(refusals + " calls while " + while_, callers.commonest()));
        }
    }

    private void idle(FleetProcess server) throws IOException, InterruptedException {
        OptionalLong live = server.liveBytes();
        voice.progress("nothing happens for " + options.idle() + " s");
        Thread.sleep(SETTLE_MILLIS);
        double before = server.processorSeconds();
        long begun = System.nanoTime();
        TimeUnit.SECONDS.sleep(options.idle());
        double share = (server.processorSeconds() - before) / seconds(System.nanoTime() - begun);
        figures.add(Figure.atMost("control_idle", "idle server, of one processor", share * 100, "%", 20));
        if (live.isPresent()) {
            figures.add(Figure.atMost(
                    "control_heap", "live objects of the server", live.getAsLong() / MEGABYTE, "MiB", HEAP_MEGABYTES));
        } else {
            notRun.add(new NotRun("live objects of the server", "this Java has no jcmd"));
        }
        read("control_resident", "memory of the server, all of it", "MiB", server.residentBytes() / MEGABYTE);
    }

    /** @return those that were being placed when the server was killed */
    private List<Wish> flight(Around around, FleetProcess server) throws InterruptedException {
        voice.progress("killing the server while runners are placed");
        int count = Math.max(2, options.runners() / FLIGHT_SHARE);
        List<Wish> all = new ArrayList<>(around.callers().wish(count / 2, options.rate()));
        killedAt = System.nanoTime();
        server.kill();
        around.hosts().deaf();
        all.addAll(around.callers().wish(count - count / 2, options.rate()));
        return all;
    }

    private void resynced(Around around, FleetProcess server) throws InterruptedException {
        figures.add(Figure.atMost(
                "control_replayed", "killed: the next server is ready", seconds(server.readyAfter()), "s", 5));
        await("all agents are known again", () -> around.hosts().synced() >= options.agents());
        figures.add(Figure.atMost(
                "control_resynced",
                "killed: all agents are known again",
                seconds(System.nanoTime() - killedAt),
                "s",
                15));
    }

    private void compare(Around around, List<Wish> standing, List<Standing> before) throws InterruptedException {
        await("all runners are ready", standing, Wish::isReady);
        PlayedFleet hosts = around.hosts();
        Set<String> promised = standing.stream().map(Wish::name).collect(Collectors.toUnmodifiableSet());
        Comparison found = comparison(around, promised, before);
        // Hosts tell what has changed at once; a server that takes a moment to hear it has not lost it.
        for (int i = 0; i < LOOKS && found.disagreed() > 0; i++) {
            TimeUnit.SECONDS.sleep(1);
            found = comparison(around, promised, before);
        }
        figures.add(Figure.atMost("control_lost", "killed: runners lost", (double) found.lost(), "", 0));
        figures.add(Figure.atMost("control_doubled", "killed: runners doubled", (double) found.doubled(), "", 0));
        figures.add(Figure.atMost("control_stopped", "killed: runners stopped", (double) found.stopped(), "", 0));
        figures.add(Figure.atMost(
                "control_disagreed",
                "killed: server and host say different things",
                (double) found.disagreed(),
                "",
                0));
        read("control_standing", "runners that stood then", "", (double) hosts.standing());
    }

    private static Comparison comparison(Around around, Set<String> promised, List<Standing> before)
            throws InterruptedException {
        PlayedFleet hosts = around.hosts();
        return Comparison.of(
                promised, before, hosts.survey(), around.callers().shown(), hosts.twiceBegun() + hosts.identityTwice());
    }

    private void deleteAll(Around around, List<Wish> all) throws InterruptedException {
        voice.progress("deleting all");
        long begun = System.nanoTime();
        around.callers().delete(all, DELETED_AT_ONCE);
        await("all runners are gone", all, Wish::isGone);
        double took = seconds(System.nanoTime() - begun);
        read("control_deleted", "deleted until nothing was left, all at once", "/s", all.size() / took);
        figures.add(Figure.atMost(
                "control_left",
                "machines left after all were deleted",
                (double) around.hosts().standing(),
                "",
                0));
    }
}
