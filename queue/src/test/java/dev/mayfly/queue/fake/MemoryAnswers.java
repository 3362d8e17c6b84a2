package dev.mayfly.queue.fake;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.port.Answers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Keeps every word that was ever announced. */
public final class MemoryAnswers implements Answers {
    /** One announcement. */
    public record Word(JobId name, Answer answer) {}

    private final List<Word> words = new ArrayList<>();
    private BiConsumer<JobId, Answer> watcher = (_, _) -> {};

    public synchronized void watch(BiConsumer<JobId, Answer> by) {
        watcher = by;
    }

    @Override
    public synchronized void announce(JobId name, Answer answer) {
        watcher.accept(name, answer);
        words.add(new Word(name, answer));
        notifyAll();
    }

    public synchronized List<Answer> under(JobId name) {
        return words.stream()
                .filter(word -> word.name().equals(name))
                .map(Word::answer)
                .toList();
    }

    @Override
    public Listener listen(JobId name) {
        return new Listener() {
            @Override
            public void await(Duration most) throws InterruptedException {
                synchronized (MemoryAnswers.this) {
                    int before = under(name).size();
                    long end = System.nanoTime() + most.toNanos();
                    while (under(name).size() == before && end - System.nanoTime() > 0) {
                        MemoryAnswers.this.wait(1);
                    }
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
