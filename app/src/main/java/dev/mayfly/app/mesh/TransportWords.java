package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.card.CardOptions;
import dev.mayfly.mesh.card.VerbsTransport;
import dev.mayfly.mesh.soft.Soft;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.util.List;

/** How frames are sent, as it is typed: {@code --transport soft} or {@code verbs}. */
final class TransportWords {
    private TransportWords() {}

    static boolean verbs(String typed) {
        return switch (typed) {
            case "verbs" -> true;
            case "soft" -> false;
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "there is no transport '" + typed + "'",
                        "it is soft (over UDP) or verbs (through RDMA cards)",
                        "for example: --transport verbs");
        };
    }

    static Soft.Choice open(HandedWords words, IpAddress address, List<Integer> ports, int key) {
        if (!verbs(words.text("--transport").orElse("soft"))) {
            return Soft.open(address, ports, Ticker.system());
        }
        VerbsTransport transport = VerbsTransport.open(
                VerbsLibrary.load(), address, ports, CardOptions.USUAL.withKey(key), Ticker.system());
        return transport.stamping() == Stamping.CARD
                ? new Soft.Choice(transport, "", "")
                : new Soft.Choice(transport, "this RDMA card makes no stamps", "");
    }
}
