package dev.mayfly.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code mayfly worker}: serves the queue, in the foreground. */
final class WorkerVerb implements Verb {
    private static final int MAX_SLOTS = 64;

    @Override
    public Command command() {
        return Command.named(
                        "mayfly worker",
                        "Takes jobs from the queue and runs them, in the foreground. It prints one line when it is"
                                + " ready. On SIGTERM or Ctrl-C it takes no more jobs, lets those at hand end, and"
                                + " goes. Killed, it loses nothing: its jobs come to another worker, or to it"
                                + " again.")
                .with(
                        Command.Option.value(
                                "--slots", "N", "how many jobs may run at once (default: one per processor)"),
                        QueueWords.QUEUE,
                        Command.Option.flag(
                                "--allow-degraded",
                                "run although a layer that the policy requires is missing; costs the verdict"),
                        Command.Option.flag(
                                "--old-duplicates", "leave duplicates without an answer, as the replaced system did"),
                        Command.Option.value(
                                "--config", "FILE", "the configuration (default: mayfly.yaml in the home folder)"))
                .ending(
                        "0 told to stop and stopped in order, 3 no sandbox here, 64 wrong usage or configuration, 69"
                                + " queue not reachable or not suitable, 4 internal error",
                        "mayfly worker",
                        "mayfly worker --slots 4 --queue nats://127.0.0.1:4222");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        Map<String, String> flags = new TreeMap<>();
        words.number("--slots", 1, MAX_SLOTS).ifPresent(slots -> flags.put("slots", slots.toString()));
        words.text("--queue").ifPresent(queue -> flags.put("queue", queue));
        words.text("--config")
                .ifPresent(file -> flags.put("config", session.resolve(file).toString()));
        if (words.on("--allow-degraded")) {
            flags.put("worker.allow-degraded", "on");
        }
        if (words.on("--old-duplicates")) {
            flags.put("queue.old-duplicates", "on");
        }
        return session.runHere("worker", flags, List.of());
    }
}
