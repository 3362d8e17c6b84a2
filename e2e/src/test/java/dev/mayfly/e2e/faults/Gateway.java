package dev.mayfly.e2e.faults;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.LocalClient;
import dev.mayfly.base.local.Reply;
import java.nio.file.Path;
import java.util.Optional;

/** Speaks to the service of a home as {@code mayfly submit} does; one connection, made again when it is lost. */
final class Gateway implements AutoCloseable {
    private final Path socket;
    private Optional<LocalClient> client = Optional.empty();

    Gateway(Path home) {
        this.socket = home.resolve("run/mayfly.sock");
    }

    /** Empty when the service could not be asked, or says that it cannot do it now. */
    Optional<Reply> submit(byte[] body, boolean wait) throws InterruptedException {
        JsonObject parameters = wait ? JsonObject.of().with("wait", true).with("timeout_sec", 60) : JsonObject.of();
        try {
            if (client.isEmpty()) {
                client = LocalClient.connect(socket);
            }
            if (client.isEmpty()) {
                return Optional.empty();
            }
            Reply reply = client.get().call(new Call("submit", parameters, body), CallContext.quiet());
            boolean notNow = reply instanceof Reply.Failed failed && isPassing(failed.code());
            return notNow ? Optional.empty() : Optional.of(reply);
        } catch (MayflyException e) {
            close();
            return Optional.empty();
        }
    }

    /** Failures of queue, state and service; refusals of a request have other codes (docs/errors.md). */
    private static boolean isPassing(String code) {
        return code.startsWith("MF-5") || code.startsWith("MF-6") || code.startsWith("MF-7");
    }

    @Override
    public void close() {
        client.ifPresent(LocalClient::close);
        client = Optional.empty();
    }
}
