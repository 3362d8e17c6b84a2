package dev.mayfly.cli;

import java.util.Map;

/** {@code mayfly mesh …}: read here, done by the whole program in this process, which owns the sockets it opens. */
final class MeshVerb implements Verb {
    @Override
    public Command command() {
        return MeshCommands.all();
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        return session.runHere("mesh", Map.of(), HandedOn.of("mayfly mesh", words));
    }
}
