package dev.mayfly.bench;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How much is measured.
 *
 * @param runs of each contender that is measured warm
 * @param coldRuns of each program that is started cold
 * @param warmUpSeconds before anything counts
 * @param seconds of sustained load
 * @param clients that put it on, each with one request at a time
 * @param kills of a tree of hostile daemons
 * @param daemons in such a tree
 * @param floodMegabytes that one job writes; 0 leaves it out
 */
record BenchOptions(
        int runs,
        int coldRuns,
        int warmUpSeconds,
        int seconds,
        int clients,
        int kills,
        int daemons,
        int floodMegabytes,
        boolean json,
        Optional<Path> plot) {
    static final String USAGE = """
            usage: mayfly bench BENCHMARK [OPTIONS]

            mayfly bench exec     an isolated run: bare, bubblewrap, ours, through the service, cold
            mayfly bench start    only how long the program takes to start
            mayfly bench queue    a job through the queue, both engines, beside what the disk and the server can do
            mayfly bench env      environments: mounts, calls, commits, memory, beside native files and others
            mayfly bench build    this program built with a compiler, a JDK and Maven of an environment, and without
            mayfly bench mesh     network health: frames a second beside the kernel's own, analysis of a large fabric
            mayfly bench fleet    virtual machines: clone, boot, restore, hand-over, beside the hypervisor alone; and a
                                  server with thousands of played agents, which is killed

              --runs N            of each warm contender (default 1000)
              --cold N            of each cold start (default 20)
              --warm-up SEC       before anything counts (default 4)
              --seconds N         of sustained load (default 10; the claim is made for 60)
              --clients N         that put it on (default two for each processor)
              --kills N           deadlines with a tree of hostile daemons (default 5)
              --daemons N         in such a tree (default 500)
              --flood MB          that one job writes (default 1024; 0 leaves it out)

            of env (which throws away the caches of the whole machine for what is measured cold):

              --folder DIR        where everything is put: on the file system that is meant (default: temporary files)
              --files N           of the tree (default 100000, about 1 GB; needs five times that)
              --scale N           files of the largest view that is mounted (default 1000000; 0 leaves it out)
              --runs N            of each mount and run (default 100)
              --rounds N          of each front end, warm (default 7)
              --cold N            of each front end, cold (default 2; 0 leaves it out)
              --small N           new files of 4 kB in one commit (default 20000)
              --large MB          of a file in one commit (default 1024)
              --views N           that live at once (default 1000; 0 leaves it out)
              --only PARTS        of mount, calls, commit, router, views, with commas between

            of build:

              --project DIR       what Maven builds (default: the checkout that this program was started from)
              --modules LIST      of it, with what they need (default dist; an empty list for all)
              --rounds N          in which both have their turn (default 3)
              --folder DIR        where everything is put (default: temporary files)

            of mesh:

              --frames N          over loopback, each way and round (default 400000)
              --rounds N          (default 5)
              --seconds N         of probes of 32768 cards in the window (default 20; 0 takes a small fabric)

            of fleet:

              --folder DIR        where everything is put: on the file system that is meant (default: temporary files)
              --template DIR      of machines (default: the small one is built of Debian packages first)
              --runs N            of machines restored and handed over (default 20)
              --cold N            of machines booted (default 5)
              --clones N          of a disk (default 500)
              --at-once N         machines that are restored side by side (default 4)
              --memory MB         of a machine (default 256)
              --agents N          that are played (default 5000)
              --runners N         that stand in the end (default 50000; half as many before, which do not count)
              --rate N            wishes a second (default 2100)
              --connections N     that all agents share (default 0: one for each)
              --idle SEC          in which nothing happens (default 20)
              --only PARTS        of machines, control, with commas between

            of all:

              --quick             a few of everything that is not named: shows that it works, measures nothing
              --json              the report as JSON
              --plot FILE.svg     also draw it""";

    private static final Set<String> OPTIONS =
            Set.of("--runs", "--cold", "--warm-up", "--seconds", "--clients", "--kills", "--daemons", "--flood");

    /** The bounds keep a slip of the finger from filling memory. */
    private static final int MOST = 1_000_000;

    private static final int MOST_CLIENTS = 256;
    private static final int MOST_DAEMONS = 2000;

    static BenchOptions standard() {
        int clients = 2 * Runtime.getRuntime().availableProcessors();
        return new BenchOptions(1000, 20, 4, 10, clients, 5, 500, 1024, false, Optional.empty());
    }

    /** Enough clients that the slots never wait for one. */
    static BenchOptions queue() {
        int clients = 4 * Runtime.getRuntime().availableProcessors();
        return new BenchOptions(500, 0, 4, 10, clients, 0, 1, 0, false, Optional.empty());
    }

    private static BenchOptions few() {
        return new BenchOptions(10, 1, 1, 1, 2, 1, 20, 16, false, Optional.empty());
    }

    /** Reads the words after the name of the benchmark. What may be left out may be 0. */
    static BenchOptions parse(List<String> typed, BenchOptions unless) {
        BenchWords words = BenchWords.parse(typed, OPTIONS);
        BenchOptions usual = words.quick() ? few() : unless;
        return new BenchOptions(
                words.number("--runs", 0, MOST, usual.runs),
                words.number("--cold", 0, MOST, usual.coldRuns),
                words.number("--warm-up", 0, MOST, usual.warmUpSeconds),
                words.number("--seconds", 0, MOST, usual.seconds),
                words.number("--clients", 1, MOST_CLIENTS, usual.clients),
                words.number("--kills", 0, MOST, usual.kills),
                words.number("--daemons", 1, MOST_DAEMONS, usual.daemons),
                words.number("--flood", 0, MOST, usual.floodMegabytes),
                words.json(),
                words.plot());
    }

    static MayflyException usage(String why) {
        return new MayflyException(
                ErrorCode.USAGE, "the benchmark cannot be started", why, "mayfly bench shows what there is");
    }
}
