package dev.mayfly.fleet.service;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.protocol.Asked;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Question;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Questions that agents were asked and have not answered. Nothing here is kept: who is not answered asks again. */
final class Questions {
    /** One that waits longer than any caller would. */
    private static final int MOST = 1_000;

    private record Line(long link, AgentSide side) {}

    private final IdSource ids = IdSource.random();
    private final Map<AgentId, Line> lines = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();

    void welcomed(AgentId agent, long link, AgentSide side) {
        lines.put(agent, new Line(link, side));
    }

    void gone(long link) {
        lines.values().removeIf(line -> line.link() == link);
    }

    CompletableFuture<Answer> ask(AgentId agent, Attempt attempt, Question question, Duration patience) {
        Line line = lines.get(agent);
        if (line == null) {
            return none("its host is not connected");
        }
        if (waiting.size() >= MOST) {
            return none(MOST + " questions wait already");
        }
        String id = ids.next();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        line.side().asked(new Asked(id, attempt, question));
        return answer.completeOnTimeout(
                        new Answer.None("its host did not answer within " + patience.toSeconds() + " s"),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> waiting.remove(id));
    }

    private static CompletableFuture<Answer> none(String why) {
        return CompletableFuture.completedFuture(new Answer.None(why));
    }

    void answered(String id, Answer answer) {
        Optional.ofNullable(waiting.remove(id)).ifPresent(call -> call.complete(answer));
    }

    void end() {
        List.copyOf(waiting.keySet()).forEach(id -> answered(id, new Answer.None("the server is ending")));
    }
}
