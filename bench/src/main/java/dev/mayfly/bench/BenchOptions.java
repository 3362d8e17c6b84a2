package dev.mayfly.bench;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
            mayfly bench fleet    virtual machines: clone, boot, restore, hand-over, beside the hypervisor alone

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
              --only PARTS        of machines, with commas between

            of all:

              --quick             a few of everything: shows that it works, measures nothing
              --json              the report as JSON
              --plot FILE.svg     also draw it""";

    static BenchOptions standard() {
        int clients = 2 * Runtime.getRuntime().availableProcessors();
        return new BenchOptions(1000, 20, 4, 10, clients, 5, 500, 1024, false, Optional.empty());
    }

    /** Enough clients that the slots never wait for one. */
    static BenchOptions queue() {
        int clients = 4 * Runtime.getRuntime().availableProcessors();
        return new BenchOptions(500, 0, 4, 10, clients, 0, 1, 0, false, Optional.empty());
    }

    private BenchOptions quick() {
        return new BenchOptions(10, 1, 1, 1, 2, 1, 20, 16, json, plot);
    }

    /** Reads the words after the name of the benchmark; a later word wins over an earlier one. */
    static BenchOptions parse(List<String> words, BenchOptions unless) {
        BenchOptions options = unless;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (name.equals("--json") && equals < 0) {
                options = options.with(true, options.plot);
            } else if (name.equals("--quick") && equals < 0) {
                options = options.quick();
            } else if (equals >= 0) {
                options = options.with(name, word.substring(equals + 1));
            } else if (i + 1 < words.size()) {
                i++;
                options = options.with(name, words.get(i));
            } else {
                throw usage(word + " is not an option, or lacks its value");
            }
        }
        return options;
    }

    private BenchOptions with(boolean newJson, Optional<Path> newPlot) {
        return new BenchOptions(
                runs, coldRuns, warmUpSeconds, seconds, clients, kills, daemons, floodMegabytes, newJson, newPlot);
    }

    private BenchOptions with(String name, String value) {
        int n = name.equals("--plot") ? 0 : number(name, value);
        return switch (name) {
            case "--plot" -> with(json, Optional.of(Path.of(value)));
            case "--runs" -> numbers(n, coldRuns, warmUpSeconds, seconds, clients, kills, daemons, floodMegabytes);
            case "--cold" -> numbers(runs, n, warmUpSeconds, seconds, clients, kills, daemons, floodMegabytes);
            case "--warm-up" -> numbers(runs, coldRuns, n, seconds, clients, kills, daemons, floodMegabytes);
            case "--seconds" -> numbers(runs, coldRuns, warmUpSeconds, n, clients, kills, daemons, floodMegabytes);
            case "--clients" -> numbers(runs, coldRuns, warmUpSeconds, seconds, n, kills, daemons, floodMegabytes);
            case "--kills" -> numbers(runs, coldRuns, warmUpSeconds, seconds, clients, n, daemons, floodMegabytes);
            case "--daemons" -> numbers(runs, coldRuns, warmUpSeconds, seconds, clients, kills, n, floodMegabytes);
            case "--flood" -> numbers(runs, coldRuns, warmUpSeconds, seconds, clients, kills, daemons, n);
            default -> throw usage("there is no option " + name);
        };
    }

    private BenchOptions numbers(int r, int c, int w, int s, int k, int t, int d, int f) {
        return new BenchOptions(r, c, w, s, k, t, d, f, json, plot);
    }

    private static int number(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            // What may be left out may be 0; the bounds keep a slip of the finger from filling memory.
            int least = name.equals("--clients") || name.equals("--daemons") ? 1 : 0;
            int most = name.equals("--clients") ? 256 : name.equals("--daemons") ? 2000 : 1_000_000;
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below, together with numbers out of bounds.
        }
        throw usage(name + " does not understand '" + value + "'");
    }

    static MayflyException usage(String why) {
        return new MayflyException(
                ErrorCode.USAGE, "the benchmark cannot be started", why, "mayfly bench shows what there is");
    }
}
