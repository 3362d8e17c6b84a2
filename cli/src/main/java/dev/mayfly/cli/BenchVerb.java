package dev.mayfly.cli;

import java.util.Map;

/** {@code mayfly bench …}: hands its words on; the benchmarks know their own options. */
final class BenchVerb implements Verb {
    @Override
    public Command command() {
        return Command.named("mayfly bench", "Runs this project's benchmarks, each beside its reference.")
                .withAnyWords("WORD", "which benchmark, and its options; none lists them", 0)
                .ending("0 measured, 4 internal error, 64 wrong usage", "mayfly bench", "mayfly bench exec");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        return session.runHere("bench", Map.of(), words.arguments());
    }
}
