package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.mesh.controller.Health;
import dev.mayfly.mesh.controller.HealthQuestion;
import dev.mayfly.mesh.judge.Incident;
import dev.mayfly.mesh.rpc.RemoteController;
import dev.mayfly.mesh.wire.IpAddress;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code mayfly mesh status}: asks a controller what is at fault now. */
final class StatusOperations {
    private static final int PER_CENT = 100;

    private StatusOperations() {}

    static int status(HandedWords words, MeshSession session) {
        MeshAddress at = MeshAddress.parse(words.text("--controller").orElse(MeshAddress.USUAL));
        MeshSecrets secrets = MeshSecrets.ofClient(session.settings().config());
        HealthQuestion question = question(words);
        Health health;
        try (RemoteController controller =
                RemoteController.lazy(at.host(), at.port(), secrets.token(), secrets.tls())) {
            health = controller.health(question);
        }
        Instant now = Instant.now();
        session.voice().result(words.on("--json") ? json(health) : text(health, now));
        if (health.cards() == 0) {
            return ExitCode.UNAVAILABLE.number();
        }
        return (health.healthy() ? ExitCode.GREEN : ExitCode.YELLOW).number();
    }

    private static HealthQuestion question(HandedWords words) {
        Optional<IpAddress> from = words.text("--from").map(StatusOperations::address);
        Optional<IpAddress> to = words.text("--to").map(StatusOperations::address);
        Optional<IpAddress> card = words.text("--card").map(StatusOperations::address);
        Optional<String> host = words.text("--host");
        boolean path = from.isPresent() && to.isPresent();
        int named = (path ? 1 : 0) + (card.isPresent() ? 1 : 0) + (host.isPresent() ? 1 : 0);
        if (from.isPresent() != to.isPresent() || named > 1) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "what is asked about is not clear",
                    "it is a host, a card, or a path --from one card --to another",
                    "name one of them, or nothing for all that there is");
        }
        if (path) {
            return new HealthQuestion.OfPath(from.get(), to.get());
        }
        if (card.isPresent()) {
            return new HealthQuestion.OfCard(card.get());
        }
        return host.<HealthQuestion>map(HealthQuestion.OfHost::new).orElseGet(HealthQuestion.Everything::new);
    }

    private static IpAddress address(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.USAGE, "'" + text + "' is no address", String.valueOf(e.getMessage()), "write 10.0.0.7");
        }
    }

    private static String text(Health health, Instant now) {
        if (health.cards() == 0) {
            return "nobody knows: no agent is heard that has to do with it";
        }
        String cards = health.cards() == 1 ? "1 card probes" : health.cards() + " cards probe";
        if (health.healthy()) {
            return cards + ", nothing is at fault";
        }
        StringBuilder text = new StringBuilder(cards + ", "
                + (health.incidents().size() == 1
                        ? "1 incident"
                        : health.incidents().size() + " incidents"));
        for (Incident each : health.incidents()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n%s  %s %s%s, for %d s%n    why: %s",
                    each.priority(),
                    each.component(),
                    each.fault().word(),
                    each.fault().ofHost() ? "" : String.format(Locale.ROOT, " %.1f %%", each.loss() * PER_CENT),
                    Math.max(0, Duration.between(each.suspected(), now).toSeconds()),
                    each.why()));
            if (!each.services().isEmpty()) {
                text.append(String.format(Locale.ROOT, "%n    crossed by: %s", String.join(", ", each.services())));
            }
            if (!each.candidates().isEmpty()) {
                text.append(String.format(Locale.ROOT, "%n    or: %s", String.join(", ", each.candidates())));
            }
        }
        return text.toString();
    }

    private static String json(Health health) {
        return JsonWriter.pretty(JsonObject.of()
                .with("healthy", health.healthy())
                .with("cards", health.cards())
                .with(
                        "incidents",
                        new JsonArray(List.copyOf(health.incidents().stream()
                                .map(StatusOperations::json)
                                .toList()))));
    }

    private static JsonObject json(Incident incident) {
        return JsonObject.of()
                .with("id", incident.id())
                .with("component", incident.component())
                .with("kind", incident.kind())
                .with("fault", incident.fault().word())
                .with("priority", incident.priority().name())
                .with("loss", new JsonNumber(BigDecimal.valueOf(incident.loss())))
                .with("why", incident.why())
                .with("candidates", JsonArray.ofStrings(incident.candidates()))
                .with("services", JsonArray.ofStrings(incident.services()))
                .with("suspected", incident.suspected().toString())
                .with("opened", incident.opened().toString());
    }
}
