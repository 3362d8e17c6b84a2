package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonLimits;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.LocalClient;
import dev.mayfly.base.local.Reply;
import dev.mayfly.base.program.LocalProgram;
import dev.mayfly.base.program.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What a command works with: input, output, and whoever answers its call. */
final class Session {
    private final Path home;
    private final Path workingFolder;
    private final Map<String, String> environment;
    private final Console console;
    private final Services services;
    private final Relaunch relaunch;

    Session(Path home, Path workingFolder, Map<String, String> environment, Console console, Relaunch relaunch) {
        this.home = home;
        this.workingFolder = workingFolder;
        this.environment = environment;
        this.console = console;
        this.services = new Services(home, environment);
        this.relaunch = relaunch;
    }

    /** A path as typed, made absolute, because the service has another working folder. */
    Path resolve(String typed) {
        return workingFolder.resolve(typed).normalize();
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** Everything in a file, or in stdin when the name is {@code -}; bounded. */
    byte[] readInput(String name) {
        int limit = JsonLimits.DEFAULT.maxBytes();
        String subject = name.equals("-") ? "stdin" : name;
        byte[] bytes;
        try (InputStream in = name.equals("-") ? console.in() : Files.newInputStream(resolve(name))) {
            bytes = in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot read " + subject,
                    reason(e),
                    "check the name and its permissions; - reads the request from stdin",
                    e);
        }
        if (bytes.length > limit) {
            throw new MayflyException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    subject + " is too large",
                    "more than the limit of " + limit + " bytes",
                    "make the request smaller; large inputs belong into an environment");
        }
        return bytes;
    }

    Reply call(Call call) throws InterruptedException {
        return call(() -> call);
    }

    /**
     * Makes the call to whoever answers.
     *
     * @param call asked for only when somebody answers, because making it may use stdin up
     */
    Reply call(Supplier<Call> call) throws InterruptedException {
        Optional<LocalClient> running = services.running();
        if (running.isPresent()) {
            try (LocalClient client = running.get()) {
                return client.call(call.get(), context());
            }
        }
        return callHere(Map.of(), call);
    }

    /**
     * Makes a call about the queue. Where the queue is was perhaps said here, by option or environment; then the service
     * is not asked, because it may have another one.
     */
    Reply callQueue(Optional<String> queue, Supplier<Call> call) throws InterruptedException {
        if (queue.isPresent()) {
            return callHere(Map.of("queue", queue.get()), call);
        }
        boolean said = variable("MAYFLY_QUEUE").isPresent()
                || variable("MAYFLY_NATS_URL").isPresent()
                || variable("NATS_URL").isPresent();
        return said ? callHere(Map.of(), call) : call(call);
    }

    private Reply callHere(Map<String, String> flags, Supplier<Call> call) throws InterruptedException {
        try (Interruption _ = Interruption.ofThisThread(Interruption.OF_A_CALL)) {
            Optional<LocalProgram.Open> here = services.here(flags);
            if (here.isEmpty()) {
                throw new Relaunch.Needed();
            }
            try (LocalProgram.Open program = here.get()) {
                return program.call(call.get(), context());
            }
        }
    }

    /** The same for a call that may wait long; who ends it hears that this ends no job. */
    Reply waitForQueue(Optional<String> queue, Supplier<Call> call) throws InterruptedException {
        // Open until the words are said: the process ends as soon as it is closed.
        try (Interruption _ = Interruption.ofThisThread(Interruption.OF_A_CALL)) {
            return callAndSayGoodbye(queue, call);
        }
    }

    private Reply callAndSayGoodbye(Optional<String> queue, Supplier<Call> call) throws InterruptedException {
        try {
            return callQueue(queue, call);
        } catch (InterruptedException e) {
            console.progress("a job that was sent stays in the queue; mayfly job ls shows it");
            throw e;
        }
    }

    /** Makes a call that only means something to a running service. */
    Reply callRunningService(Call call) throws InterruptedException {
        Optional<LocalClient> running = services.running();
        if (running.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.SERVICE_UNREACHABLE,
                    "no service is running",
                    "nothing answers at " + services.socket(),
                    "mayfly up");
        }
        try (LocalClient client = running.get()) {
            return client.call(call, context());
        }
    }

    /** Runs a long command in this process. */
    int runHere(String name, Map<String, String> flags, List<String> words) throws InterruptedException {
        try (Interruption interruption = Interruption.ofThisThread(Interruption.OF_A_SERVICE)) {
            Surroundings surroundings = new Surroundings(home, flags, environment);
            return interruption.endWith(services.longCommand(name).run(surroundings, words, console));
        }
    }

    int finish(Reply reply) {
        return finish(reply, Optional.empty());
    }

    /** Prints the result, or writes it to a file, or says what failed. */
    int finish(Reply reply, Optional<Path> out) {
        // Not a pattern switch: linking one spins a class at run time, which is milliseconds at every start.
        if (reply instanceof Reply.Done done) {
            String text = text(done.result());
            if (out.isPresent()) {
                write(out.get(), text + "\n");
            } else {
                console.result(text);
            }
        } else if (reply instanceof Reply.Failed failed) {
            console.error(failed.render());
        }
        return reply.exitCode();
    }

    /** A service that was asked for text answers with a string, which is printed as it is. */
    private static String text(JsonValue result) {
        return result instanceof JsonString string ? string.value() : JsonWriter.pretty(result);
    }

    private static void write(Path file, String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                // A pipe or a device such as /dev/null is written to; renaming a file onto it would take its place.
                Files.write(file, bytes, StandardOpenOption.WRITE);
            } else {
                // The file that a link points to is replaced, not the link.
                DurableFile.replace(Files.exists(file) ? file.toRealPath() : file, bytes);
            }
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "cannot write the result to " + file,
                    reason(e),
                    "check that the folder is there, writable and not full; the run is in the ledger: mayfly job ls",
                    e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    int relaunch() throws InterruptedException {
        return relaunch.run();
    }

    private CallContext context() {
        return new CallContext() {
            @Override
            public void progress(String line) {
                console.progress(line);
            }

            @Override
            public boolean cancelled() {
                return Thread.currentThread().isInterrupted();
            }
        };
    }
}
