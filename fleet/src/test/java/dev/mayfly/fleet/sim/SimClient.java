package dev.mayfly.fleet.sim;

import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.Input;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Wants one runner, asks until it has it, and deletes it some time later; impatient, forgetful and twice at once. */
final class SimClient {
    private final World world;
    private final Observer observer;
    private final Supplier<SimServer> server;
    private final LongSupplier calls;
    private final RunnerName name;
    private final Wish wish;
    private int triesLeft = 12;
    private boolean done;

    SimClient(World world, Observer observer, Supplier<SimServer> server, LongSupplier calls, RunnerName name) {
        this.world = world;
        this.observer = observer;
        this.server = server;
        this.calls = calls;
        this.name = name;
        this.wish = Wish.of("run " + name, ResourceType.SMALL, Set.of());
    }

    boolean done() {
        return done;
    }

    void add() {
        if (triesLeft-- <= 0) {
            done = true;
            return;
        }
        if (world.fault(1)) {
            Wish other = Wish.of("something else", ResourceType.NANO, Set.of());
            ask(world.chance(0.5) ? wish : other, _ -> {});
        }
        long call = ask(wish, this::answered);
        if (world.fault(0.5)) {
            SimServer asked = server.get();
            world.soon(1, 20_000, () -> {
                if (!observer.isAnswered(call)) {
                    asked.hangUp(call);
                    again();
                }
            });
        }
    }

    private long ask(Wish what, Consumer<Optional<AddAnswer>> then) {
        long call = calls.getAsLong();
        SimServer asked = server.get();
        Input.Add add = new Input.Add(call, name, what, Duration.ofSeconds(world.random.nextInt(2, 120)));
        world.soon(
                1,
                20,
                () -> asked.add(add, answer -> {
                    answer.ifPresentOrElse(given -> observer.answered(call, (AddAnswer) given), observer::callLost);
                    then.accept(answer.map(AddAnswer.class::cast));
                }));
        return call;
    }

    private void answered(Optional<AddAnswer> answer) {
        if (answer.isPresent() && answer.get() instanceof AddAnswer.Ready ready) {
            // Some let it run to its end, most come back after a while.
            world.soon(10, world.chance(0.5) ? 5_000 : 200_000, () -> delete(ready.id(), 60));
        } else {
            again();
        }
    }

    private void again() {
        world.soon(100, 15_000, this::add);
    }

    private void delete(RunnerId id, int tries) {
        observer.deleteAsked(id);
        long call = calls.getAsLong();
        SimServer asked = server.get();
        Input.Delete delete = new Input.Delete(call, id, Duration.ofSeconds(30));
        world.soon(
                1,
                20,
                () -> asked.delete(delete, answer -> {
                    answer.ifPresentOrElse(
                            given -> observer.answered(call, id, (DeleteAnswer) given), observer::callLost);
                    boolean over = answer.isPresent() && !(answer.get() instanceof DeleteAnswer.Unconfirmed);
                    if (over || tries == 0) {
                        done = true;
                    } else {
                        world.soon(100, 5_000, () -> delete(id, tries - 1));
                    }
                }));
    }
}
