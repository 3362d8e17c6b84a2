package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.Reply;
import dev.mayfly.cli.Command.Option;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code mayfly submit}: one request into the queue. */
final class SubmitVerb implements Verb {
    @Override
    public Command command() {
        return Command.named(
                        "mayfly submit",
                        "Puts one request in the queue. It is kept when this ends, and gets one result however often it"
                                + " is sent: a duplicate is given the first one's.")
                .with(
                        new Option(List.of("-f", "--file"), "FILE", "the request (JSON); - reads it from stdin"),
                        Option.flag("--wait", "wait for the result and print it, as exec does"),
                        QueueWords.TIMEOUT,
                        QueueWords.QUEUE,
                        Option.value("--out", "FILE", "write what would be printed to this file"),
                        Option.flag("--json", "print JSON (which is the default)"))
                .ending(
                        "without --wait: 0 in line or answered before; with it: 0 green, 10 yellow, 20 red; 1 request"
                                + " invalid, 3 refused, 4 internal error or no result, 64 wrong usage, 69 no result in"
                                + " time, or something needed is not there",
                        "mayfly submit -f samples/ok.json",
                        "mayfly submit -f samples/ok.json --wait --timeout 60",
                        "mayfly submit -f request.json --queue nats://127.0.0.1:4222");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        String file = words.text("--file")
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "submit needs a request",
                        "there is no --file",
                        "mayfly submit -f request.json, or - to read it from stdin"));
        Optional<Path> out = words.text("--out").map(session::resolve);
        JsonObject parameters = QueueWords.waiting(words);
        Reply reply = session.waitForQueue(
                words.text("--queue"), () -> new Call("submit", parameters, session.readInput(file)));
        return session.finish(reply, out);
    }
}
