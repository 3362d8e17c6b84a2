package dev.mayfly.cli;

import java.util.Map;

/** {@code mayfly fleet …}: read here, done by the whole program in this process, which speaks to a fleet's server or is it. */
final class FleetVerb implements Verb {
    @Override
    public Command command() {
        return FleetCommands.all();
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        return session.runHere("fleet", Map.of(), HandedOn.of("mayfly fleet", words));
    }
}
