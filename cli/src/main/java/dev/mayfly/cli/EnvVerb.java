package dev.mayfly.cli;

import java.util.Map;

/**
 * {@code mayfly env …}: read here, done by the whole program in this process, because what it runs needs this terminal and
 * this user.
 */
final class EnvVerb implements Verb {
    @Override
    public Command command() {
        return EnvCommands.all();
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        return session.runHere("env", Map.of(), HandedOn.of("mayfly env", words));
    }
}
