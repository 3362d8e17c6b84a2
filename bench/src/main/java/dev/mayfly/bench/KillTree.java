package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.Execution;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * From the deadline to no process left, with daemons that left their session, ignore what can be ignored and hold on to
 * the streams. Two clocks: what the launcher says it took to kill, and how far the run went beyond its wall time.
 *
 * @param mostProcesses that were seen at once, in the weakest of the trees
 */
record KillTree(Series killed, Series beyondDeadline, int daemons, long mostProcesses) {
    private static final Duration LEAST_WALL = Duration.ofSeconds(2);
    /** Starting a daemon takes about two milliseconds; on a loaded machine more. */
    private static final Duration FOR_EACH_DAEMON = Duration.ofMillis(12);

    static KillTree run(Backend backend, int times, int daemons) throws InterruptedException {
        Series killed = new Series("kill_tree", "kill to no process, " + daemons + " daemons");
        Series beyond = new Series("beyond_deadline", "deadline to end of run, " + daemons + " daemons");
        long most = Long.MAX_VALUE;
        Duration wall = LEAST_WALL.plus(FOR_EACH_DAEMON.multipliedBy(daemons));
        for (int i = 0; i < times; i++) {
            Execution execution = backend.run(Boxes.shell(script(daemons), wall, daemons + 50L));
            if (execution.limitsHit().stream().noneMatch(limit -> limit.name().equals("WALL"))) {
                throw new IllegalStateException("the daemons did not last until the deadline: " + execution.exit() + " "
                        + new String(execution.stderr().head(), StandardCharsets.UTF_8));
            }
            killed.record(execution.killLatency().toNanos());
            beyond.record(execution.wall().minus(wall).toNanos());
            most = Math.min(most, seen(execution));
        }
        return new KillTree(killed, beyond, daemons, times == 0 ? 0 : most);
    }

    /** A subshell per daemon, because setsid forks when it leads a group; the shell itself waits as one of them. */
    private static String script(int daemons) {
        return "trap '' HUP INT QUIT TERM USR1 USR2; i=0; while [ $i -lt " + daemons
                + " ]; do setsid sleep 1000 & i=$((i+1)); done; set -- /proc/[0-9]*; echo $#;"
                + " while :; do wait; sleep 1; done";
    }

    /** As many processes as the job itself counted after it had started the last. */
    private static long seen(Execution execution) {
        String said = new String(execution.stdout().head(), StandardCharsets.US_ASCII).strip();
        if (!said.matches("[0-9]{1,9}")) {
            throw new IllegalStateException("the deadline came before all daemons had started");
        }
        return Long.parseLong(said);
    }

    JsonObject json() {
        return JsonObject.of()
                .with("daemons", daemons)
                .with("most_processes", mostProcesses)
                .with("kill_latency", Numbers.json(killed))
                .with("beyond_deadline", Numbers.json(beyondDeadline));
    }
}
