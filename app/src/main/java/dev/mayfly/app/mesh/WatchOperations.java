package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.Shutdown;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.mesh.doctor.HostFiles;
import dev.mayfly.mesh.doctor.HostGids;
import dev.mayfly.mesh.service.Connection;
import dev.mayfly.mesh.service.ConnectionTable;
import dev.mayfly.mesh.service.ConnectionTable.Change;
import dev.mayfly.mesh.service.ServiceWatch;
import dev.mayfly.mesh.service.Tracing;
import dev.mayfly.mesh.verbs.VerbsOptions;
import dev.mayfly.mesh.verbs.VerbsTracer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** {@code mayfly mesh watch}: connections of services, until it is told to stop. */
final class WatchOperations {
    private static final int MOST_CONNECTIONS = 65_536;

    private WatchOperations() {}

    static int watch(HandedWords words, MeshSession session) {
        long count = words.number("--count", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        Path root = Path.of(words.text("--root").orElse("/"));
        boolean json = words.on("--json");
        CountDownLatch lines = new CountDownLatch((int) Math.min(count, Integer.MAX_VALUE));
        ServiceWatch watch = new ServiceWatch(
                new ConnectionTable(new HostGids(new HostFiles(root)), MOST_CONNECTIONS),
                new Voice(session, json, lines),
                VerbsTracer.alive());
        VerbsOptions options = VerbsOptions.USUAL.withNames(Set.copyOf(words.texts("--library")));
        VerbsTracer tracer =
                new VerbsTracer(options, session.settings().serviceLog().named("watch"));
        try (Tracing.Running running = tracer.start(watch)) {
            ready(session, json, running.libraries());
            if (count == Long.MAX_VALUE) {
                Shutdown.await();
            } else {
                await(lines);
            }
        }
        end(session, json, watch.standing());
        return ExitCode.GREEN.number();
    }

    private static void await(CountDownLatch lines) {
        try {
            lines.await();
        } catch (InterruptedException _) {
            // Told to stop before.
        }
    }

    private static void ready(MeshSession session, boolean json, int libraries) {
        session.voice()
                .result(
                        json
                                ? JsonWriter.compact(
                                        JsonObject.of().with("ready", true).with("libraries", libraries))
                                : "watching " + libraries + (libraries == 1 ? " copy" : " copies")
                                        + " of libibverbs, and those to come; Ctrl-C ends it");
    }

    private static void end(MeshSession session, boolean json, ServiceWatch.Standing standing) {
        session.voice()
                .result(
                        json
                                ? JsonWriter.compact(JsonObject.of()
                                        .with("live", standing.live().size())
                                        .with("unrouted", standing.unrouted())
                                        .with("overflow", standing.overflow())
                                        .with("lost", standing.lost()))
                                : standing.live().size() + " live; " + standing.unrouted()
                                        + " without an address of RoCE v2, " + standing.overflow()
                                        + " more than there was room for, " + standing.lost() + " events lost");
    }

    /** Prints what changes, up to a number of lines. */
    private record Voice(MeshSession session, boolean json, CountDownLatch lines) implements ServiceWatch.Listener {
        @Override
        public void changed(Change change) {
            if (lines.getCount() > 0) {
                session.voice().result(json ? object(change) : line(change));
                lines.countDown();
            }
        }

        @Override
        public void lost(long events) {
            session.voice()
                    .result(
                            json
                                    ? JsonWriter.compact(JsonObject.of().with("lost", events))
                                    : events + " events came faster than they were read; connections may be missing");
        }

        private static String line(Change change) {
            Connection connection = change.connection();
            return "%-6s  %s to %s  port %d  %s %x to %x  %s, process %d"
                    .formatted(
                            word(change),
                            connection.from(),
                            connection.to(),
                            connection.sourcePort(),
                            connection.device(),
                            connection.tuple().localQueuePair(),
                            connection.tuple().remoteQueuePair(),
                            connection.tuple().command(),
                            connection.tuple().process());
        }

        private static String word(Change change) {
            return change.began() ? "begins" : "ends";
        }

        private static String object(Change change) {
            Connection connection = change.connection();
            return JsonWriter.compact(JsonObject.of()
                    .with("change", word(change))
                    .with("from", connection.from().toString())
                    .with("to", connection.to().toString())
                    .with("source_port", connection.sourcePort())
                    .with("device", connection.device())
                    .with("queue_pair", connection.tuple().localQueuePair())
                    .with("remote_queue_pair", connection.tuple().remoteQueuePair())
                    .with("process", connection.tuple().process())
                    .with("command", connection.tuple().command())
                    .with("control_group", connection.controlGroup()));
        }
    }
}
