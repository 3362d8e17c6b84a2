package dev.mayfly.fleet.guest.http;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import java.util.Map;
import java.util.Optional;

/** Lets in who knows one nonce, each message once, and signs what is answered. Safe for concurrent use. */
final class Gate {
    private static final int LONGEST_COUNT = 18;

    private final Proof proof;
    private long heard;

    Gate(String nonce) {
        this.proof = new Proof(nonce);
    }

    private static long count(SmallServer.Request request) {
        String text = request.header(Proof.COUNT);
        return text.matches("[0-9]{1," + LONGEST_COUNT + "}") ? Long.parseLong(text) : -1;
    }

    /** What whoever may not come in is told; empty for who may. */
    Optional<SmallServer.Reply> refusal(SmallServer.Request request) {
        long count = count(request);
        String right = proof.ofQuestion(request.method(), request.path(), count, request.body());
        if (!Proof.same(right, request.header(Proof.PROOF)) || count < 0) {
            return Optional.of(denied());
        }
        synchronized (this) {
            if (count <= heard) {
                // Whoever could show this knows the nonce, or repeats who does: the number helps only the first of
                // them.
                return Optional.of(signed(
                        request,
                        409,
                        JsonObject.of().with("error", "this was heard before").with("heard", heard)));
            }
            heard = count;
        }
        return Optional.empty();
    }

    /** The same for a wrong nonce, none, and a runner that nobody knows: it tells nothing. */
    static SmallServer.Reply denied() {
        return SmallServer.plain(403, "denied");
    }

    SmallServer.Reply signed(SmallServer.Request request, int status, JsonObject body) {
        String text = JsonWriter.compact(body) + "\n";
        return new SmallServer.Reply(status, Map.of(Proof.PROOF, proof.ofAnswer(status, count(request), text)), text);
    }
}
