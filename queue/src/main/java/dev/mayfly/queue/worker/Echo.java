package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.WorkerEvents;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Answers clients of the replaced system that publish a job once more within the duplicate window: the queue drops such a
 * message, so no worker would ever hold it. Our own clients look into the ledger before they publish.
 */
final class Echo implements Consumer<Message> {
    private final JobRunner runner;
    private final JobLedger ledger;
    private final Teller teller;
    private final WorkerEvents events;

    Echo(JobRunner runner, JobLedger ledger, Teller teller, WorkerEvents events) {
        this.runner = runner;
        this.ledger = ledger;
        this.teller = teller;
        this.events = events;
    }

    @Override
    public void accept(Message message) {
        Names names = Names.of(message);
        if (names.old().isEmpty()) {
            return;
        }
        try {
            JobId job = runner.prepare(message.body()).id();
            Optional<JobEntry> entry = ledger.find(job);
            if (entry.isPresent() && entry.get().answer().isPresent()) {
                events.duplicate();
                teller.announce(names, job, entry.get().answer().get());
            }
        } catch (MayflyException _) {
            // What is malformed is told to whoever gets the message; the rest is a courtesy.
        }
    }
}
