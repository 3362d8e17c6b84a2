package dev.mayfly.app.env;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyProgress;

/** Says now and then how a copy goes; nothing at all of a short one. */
final class CopyVoice implements CopyListener {
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final EnvSession session;
    private long saidAt = System.nanoTime();

    CopyVoice(EnvSession session) {
        this.session = session;
    }

    @Override
    public void at(CopyProgress progress) {
        long now = System.nanoTime();
        if (now - saidAt >= PAUSE_NANOS) {
            saidAt = now;
            session.voice()
                    .progress(String.format(
                            "copied %d of %d files, %d of %d MB",
                            progress.payloadsCopied() + progress.payloadsThere(),
                            progress.payloadsFound(),
                            progress.bytes() >> 20,
                            progress.bytesFound() >> 20));
        }
    }

    static JsonObject json(CopyProgress total) {
        return JsonObject.of()
                .with("objects", total.objectsCopied())
                .with("payloads", total.payloadsCopied())
                .with("there_already", total.payloadsThere())
                .with("bytes", total.bytes());
    }
}
