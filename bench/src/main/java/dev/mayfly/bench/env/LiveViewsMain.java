package dev.mayfly.bench.env;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.fuse.DirectMount;
import dev.mayfly.env.fuse.FuseOptions;
import dev.mayfly.env.fuse.FuseServer;
import dev.mayfly.env.fuse.MountOptions;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.runtime.Editing;
import dev.mayfly.env.runtime.Running;
import dev.mayfly.env.runtime.Runtimes;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A program that does nothing but hold views: {@code KIND FARM SCRATCH VIEWS RESULT STACK...}. Writes what it and the keepers of
 * its runtimes take to the result, and takes everything down.
 */
final class LiveViewsMain {
    private static final int COLLECTIONS = 4;

    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private final List<Running> running = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private LiveViewsMain() {}

    public static void main(String[] args) throws Exception {
        LiveViewsMain main = new LiveViewsMain();
        // Whoever interrupts the benchmark ends this process by a signal, and a thousand runtimes must not stay behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                main.close();
            } catch (Exception e) {
                throw new IllegalStateException("not everything was taken down", e);
            }
        }));
        try {
            String found = main.measure(
                    LiveViews.Kind.valueOf(args[0]),
                    Path.of(args[1]),
                    Path.of(args[2]),
                    Integer.parseInt(args[3]),
                    Arrays.asList(args).subList(5, args.length));
            Files.writeString(Path.of(args[4]), found);
        } finally {
            main.close();
        }
    }

    private String measure(LiveViews.Kind kind, Path farmFolder, Path scratch, int views, List<String> stacks)
            throws IOException {
        Farm farm = keep(Farm.at(farmFolder));
        List<Path> roots = new ArrayList<>();
        for (String stack : stacks) {
            List<Digest> layers = Arrays.stream(stack.split("\\+", -1))
                    .map(text -> Digest.parse(text).orElseThrow())
                    .toList();
            View view = farm.view(layers);
            roots.add(
                    switch (kind) {
                        case EROFS ->
                            keep(farm.mounts().mounted(view, farm.contents())).path();
                        case FUSE -> fuse(farm, view, Files.createDirectories(scratch.resolve("live-" + roots.size())));
                    });
        }
        Path home = scratch.resolve("live-home");
        Runtimes runtimes = OpenRuntime.at(home);
        Path target = OpenRuntime.target(home);
        for (int i = 0; i < views && !closed; i++) {
            Path view = roots.get(i % roots.size());
            running.add(runtimes.run(
                    OpenRuntime.request(view, target, new Editing.None(), "sleep", "3600"), OpenRuntime.quiet()));
        }
        // What only building the views has needed is let go, as it is in a service after a while. The serial collector
        // gives
        // memory back in steps: nothing the first time, all the fourth (ShrinkHeapInSteps).
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        long keepers = 0;
        long share = 0;
        for (Running each : running) {
            for (long pid : new long[] {each.process().pid(), each.keeper().pid()}) {
                keepers += kilobytes(pid, "Rss:");
                share += kilobytes(pid, "Pss:");
            }
        }
        return kilobytes(ProcessHandle.current().pid(), "Rss:") * 1024 + " " + keepers * 1024 + " " + share * 1024;
    }

    private Path fuse(Farm farm, View view, Path point) {
        DirectMount mount = keep(DirectMount.at(point, MountOptions.named("mayfly-bench"), 2));
        keep(FuseServer.start(
                view,
                farm.repository().payloads()::find,
                FuseOptions.plain(point.resolveSibling("live-spool")),
                mount.devices(),
                Log.off()));
        return point;
    }

    private static long kilobytes(long pid, String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("process " + pid + " has no " + field);
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    private synchronized void close() throws Exception {
        if (closed) {
            return;
        }
        closed = true;
        for (Running each : running) {
            each.process().destroy();
        }
        for (Running each : running) {
            each.await();
        }
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }
}
