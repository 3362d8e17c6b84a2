package dev.mayfly.fleet.sim;

import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Sees machines, scripts and answers, and nothing else. Throws when what must hold does not. */
final class Observer {
    private final Set<Object> identities = new HashSet<>();
    private final Set<Attempt> made = new HashSet<>();
    private final Map<RunnerId, Attempt> started = new HashMap<>();
    private final Map<RunnerId, Attempt> working = new HashMap<>();
    private final Set<RunnerId> neverToStart = new HashSet<>();
    private final Set<RunnerId> unwanted = new HashSet<>();
    private final Map<Address, Attempt> ready = new HashMap<>();
    private final Set<Long> answered = new HashSet<>();

    int scripts;
    int readyAnswers;
    int lostAnswers;
    int kills;

    private static void must(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    void machineMade(Attempt attempt, Identity identity) {
        must(made.add(attempt), "a second machine was made for " + attempt);
        must(identities.add(identity.machine()), "a machine identifier was used again by " + attempt);
        must(identities.add(identity.mac()), "a MAC address was used again by " + attempt);
    }

    void machineReady(Attempt attempt, Address address) {
        ready.put(address, attempt);
    }

    void scriptStarted(Attempt attempt) {
        RunnerId id = attempt.runner();
        must(
                !started.containsKey(id),
                "the script of " + id + " was started by " + started.get(id) + " and " + attempt);
        must(!neverToStart.contains(id), "the script of " + id + " was started after it was said that it never would");
        started.put(id, attempt);
        working.put(id, attempt);
        scripts++;
    }

    /** It came to its end, or its machine died. */
    void scriptOver(Attempt attempt) {
        working.remove(attempt.runner(), attempt);
    }

    void deleteAsked(RunnerId id) {
        unwanted.add(id);
    }

    void machineDestroyed(Attempt attempt) {
        boolean works = attempt.equals(working.get(attempt.runner()));
        must(
                !works || unwanted.contains(attempt.runner()),
                attempt + " was destroyed while it worked, and nobody asked");
        working.remove(attempt.runner(), attempt);
    }

    void answered(long call, AddAnswer answer) {
        must(answered.add(call), "call " + call + " was answered twice");
        switch (answer) {
            case AddAnswer.Ready is -> {
                Attempt attempt = ready.get(is.address());
                must(
                        attempt != null && attempt.runner().equals(is.id()),
                        "there is no " + is.id() + " at " + is.address());
                must(
                        !started.containsKey(is.id()) || started.get(is.id()).equals(attempt),
                        is.id() + " works elsewhere than was told");
                readyAnswers++;
            }
            case AddAnswer.Failed failed -> neverStarts(failed.id());
            case AddAnswer.NoRoom _, AddAnswer.NameTaken _, AddAnswer.Leaving _, AddAnswer.NotYet _ -> {}
        }
    }

    private void neverStarts(RunnerId id) {
        must(!started.containsKey(id), "it was said that " + id + " never starts, and it had");
        neverToStart.add(id);
    }

    void answered(long call, RunnerId id, DeleteAnswer answer) {
        must(answered.add(call), "call " + call + " was answered twice");
        if (answer instanceof DeleteAnswer.Gone) {
            must(!working.containsKey(id), "it was said that " + id + " is gone while it works");
            if (!started.containsKey(id)) {
                neverToStart.add(id);
            }
        }
    }

    void callLost() {
        lostAnswers++;
    }

    boolean isAnswered(long call) {
        return answered.contains(call);
    }
}
