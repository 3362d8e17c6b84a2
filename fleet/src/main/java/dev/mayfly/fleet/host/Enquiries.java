package dev.mayfly.fleet.host;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Login;
import dev.mayfly.fleet.backend.Ran;
import dev.mayfly.fleet.guest.GuestStatus;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Asked;
import dev.mayfly.fleet.protocol.Question;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Answers what people want to know of machines, beside the orders and without the core: nothing is decided here. */
final class Enquiries {
    /** Each can hold a login to a guest; more of them starve the guests. */
    private static final int AT_ONCE = 8;

    private final Backend backend;
    private final Log log;
    private final Semaphore free = new Semaphore(AT_ONCE);

    Enquiries(Backend backend, Log log) {
        this.backend = backend;
        this.log = log;
    }

    /** Returns at once; the answer comes on another thread. */
    void ask(Asked asked, Consumer<Answer> answer) {
        if (!free.tryAcquire()) {
            answer.accept(new Answer.None("its host answers " + AT_ONCE + " others already"));
            return;
        }
        Thread.ofVirtual().name("enquiry-" + asked.attempt()).start(() -> {
            try {
                answer.accept(answer(asked));
            } finally {
                free.release();
            }
        });
    }

    private Answer answer(Asked asked) {
        try {
            return switch (asked.question()) {
                case Question.Logs() -> new Answer.Text(0, backend.output(asked.attempt()));
                case Question.Exec exec -> {
                    Ran ran = backend.run(asked.attempt(), exec.command(), exec.input(), exec.patience());
                    yield new Answer.Text(ran.exitCode(), ran.output());
                }
                case Question.Guest() -> new Answer.Text(0, JsonWriter.compact(json(backend.guest(asked.attempt()))));
                case Question.Login() -> new Answer.Text(0, JsonWriter.compact(json(backend.login(asked.attempt()))));
            };
        } catch (MayflyException e) {
            return new Answer.None(e.why());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.None("the agent is stopping");
        } catch (RuntimeException e) {
            log.error().with("attempt", asked.attempt()).cause(e).log("a bug in the back end");
            return new Answer.None("a bug in the back end: " + e);
        }
    }

    private static JsonObject json(GuestStatus guest) {
        return JsonObject.of()
                .with("guest_state", guest.state().word())
                .with("guest_uptime_seconds", (long) guest.uptimeSeconds())
                .with("github_runner", guest.runnerName())
                .with("github_repository", guest.repository());
    }

    private static JsonObject json(Login login) {
        return JsonObject.of()
                .with("host", login.address().host())
                .with("port", login.address().port())
                .with("host_key", login.address().hostKey())
                .with("user", login.user())
                .with("key", login.key().toString());
    }
}
