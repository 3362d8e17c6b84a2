package dev.mayfly.app.env;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyProgress;

/** Says how a copy goes. */
record CopyVoice(Progress progress) implements CopyListener {
    @Override
    public void at(CopyProgress now) {
        progress.at(new Progress.At(
                now.payloadsCopied() + now.payloadsThere(), now.payloadsFound(), now.bytes(), now.bytesFound()));
    }

    static JsonObject json(CopyProgress total) {
        return JsonObject.of()
                .with("objects", total.objectsCopied())
                .with("payloads", total.payloadsCopied())
                .with("there_already", total.payloadsThere())
                .with("bytes", total.bytes());
    }
}
