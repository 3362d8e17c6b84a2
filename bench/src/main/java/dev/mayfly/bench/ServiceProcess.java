package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.LocalClient;
import dev.mayfly.base.local.Reply;
import dev.mayfly.bench.process.Ends;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A service of its own, as a user starts one: another process, so that its memory is its own. */
final class ServiceProcess implements AutoCloseable {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(25);
    private static final String RESIDENT = "VmRSS:";

    private final Process process;
    private final Path home;

    private ServiceProcess(Process process, Path home) {
        this.process = process;
        this.home = home;
    }

    /** Returns when it says that it is ready. Its log lies beside its home. */
    static ServiceProcess start(Path script, Path home, Map<String, String> environment) throws IOException {
        Files.createDirectories(home.getParent());
        Path log = home.resolveSibling("service.log");
        ProcessBuilder builder =
                new ProcessBuilder(script.toString(), "--home", home.toString(), "up").redirectError(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        ServiceProcess service = new ServiceProcess(process, home);
        process.getOutputStream().close();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith("mayfly is ready")) {
            service.close();
            throw new IOException(
                    "the service does not start: " + Files.readString(log).strip());
        }
        return service;
    }

    LocalClient connect() {
        return LocalClient.connect(home.resolve("run").resolve("mayfly.sock"))
                .orElseThrow(() -> new IllegalStateException("the service has gone"));
    }

    /** Resident memory of the service itself; its launchers are programs of their own, of a few hundred kB each. */
    long residentBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith(RESIDENT)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException _) {
            // It has ended; the calls that need it say so.
        }
        throw new IllegalStateException("the service has gone");
    }

    /** Runs one request to its durable result; throws unless the run is green. */
    static void exec(LocalClient client, byte[] request, JsonObject parameters) throws InterruptedException {
        call(client, "exec", request, parameters);
    }

    /** Puts one request in the queue and waits for its durable result; throws unless it is green. */
    static void submit(LocalClient client, byte[] request) throws InterruptedException {
        call(client, "submit", request, JsonObject.of().with("wait", true));
    }

    private static void call(LocalClient client, String operation, byte[] request, JsonObject parameters)
            throws InterruptedException {
        Reply reply = client.call(new Call(operation, parameters, request), CallContext.quiet());
        switch (reply) {
            case Reply.Done done when done.exitCode() == 0 -> {}
            case Reply.Done done ->
                throw new IllegalStateException("the run ended with verdict code " + done.exitCode());
            case Reply.Failed failed -> throw new IllegalStateException(failed.render());
        }
    }

    static void askStatus(LocalClient client) throws InterruptedException {
        if (client.call(new Call("status", JsonObject.of(), new byte[0]), CallContext.quiet())
                instanceof Reply.Failed failed) {
            throw new IllegalStateException(failed.render());
        }
    }

    static byte[] request(String command) {
        return dev.mayfly.base.json.JsonWriter.compact(JsonObject.of().with("cmd", command))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Ends.gently(process, ENDS_WITHIN);
    }

    /** The program's own arguments for a cold start against this service. */
    List<String> homeWords() {
        return List.of("--home", home.toString());
    }
}
