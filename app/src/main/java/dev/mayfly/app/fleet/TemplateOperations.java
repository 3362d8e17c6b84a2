package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.qemu.QemuBackend;
import dev.mayfly.fleet.backend.qemu.QemuSettings;
import dev.mayfly.fleet.backend.qemu.WarmFolder;
import dev.mayfly.fleet.host.StartBook;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.image.TemplateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What machines are cloned from, on this host: nothing here speaks to a server. */
final class TemplateOperations {
    private static final String USUAL_NAME = "debian";
    private static final String USUAL_USER = "runner";
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration USUAL = Duration.ofMinutes(5);

    private TemplateOperations() {}

    private static TemplateStore store(FleetSession session) {
        return new TemplateStore(session.places().templates());
    }

    private static JsonObject json(Template template, FleetSession session) {
        return JsonObject.of()
                .with("name", String.valueOf(template.folder().getFileName()))
                .with("what", template.name())
                .with("digest", template.digest().toString())
                .with("ssh_user", template.sshUser())
                .with("saved", new WarmFolder(session.places().warm()).count(template.digest()))
                .with("times", new JsonArray(List.copyOf(times(template, session))))
                .with("folder", template.folder().toString());
    }

    /** How long the latest machines of it took to start on this host. */
    private static List<JsonObject> times(Template template, FleetSession session) {
        return StartBook.look(session.places().starts()).stream()
                .filter(times -> times.digest().equals(template.digest()))
                .map(TemplateTable::json)
                .toList();
    }

    static int build(FleetWords words, FleetSession session) throws InterruptedException {
        String name = words.arguments().isEmpty() ? USUAL_NAME : words.argument(0);
        Template built = store(session).build(name, session.voice()::progress);
        session.said(words, "template " + name + " is built, " + built.digest(), json(built, session));
        return ExitCode.GREEN.number();
    }

    static int take(FleetWords words, FleetSession session) {
        Path from = Path.of(words.argument(0)).toAbsolutePath().normalize();
        String name = words.text("--name").orElseGet(() -> String.valueOf(from.getFileName()));
        String user = words.text("--ssh-user").orElse(USUAL_USER);
        Template taken = store(session).take(from, name, user, session.voice()::progress);
        session.said(words, "template " + name + " is imported, " + taken.digest(), json(taken, session));
        return ExitCode.GREEN.number();
    }

    static int list(FleetWords words, FleetSession session) {
        List<JsonObject> rows = store(session).list().stream()
                .map(each -> each.template()
                        .map(template -> json(template, session))
                        .orElseGet(
                                () -> JsonObject.of().with("name", each.name()).with("problem", each.problem())))
                .toList();
        session.table(words, rows, List.of("name", "what", "saved", "digest", "problem"));
        String starts = TemplateTable.text(rows.stream()
                .map(row -> row.with("template_times", row.get("times").orElseGet(() -> new JsonArray(List.of())))
                        .with("hostname", "here"))
                .toList());
        if (!words.on("--json") && !starts.isEmpty()) {
            session.voice().result("\nstarts on this host, P50 / P95\n" + starts);
        }
        return ExitCode.GREEN.number();
    }

    static int verify(FleetWords words, FleetSession session) {
        session.voice().progress("reading every byte");
        Template template = store(session).verify(words.argument(0));
        session.said(
                words,
                "template " + words.argument(0) + " is as it was made, " + template.digest(),
                json(template, session));
        return ExitCode.GREEN.number();
    }

    static int warm(FleetWords words, FleetSession session) throws InterruptedException {
        Template template = store(session).verify(words.argument(0));
        List<String> named = words.texts("--type");
        List<ResourceType> types = (named.isEmpty() ? List.of(ResourceType.SMALL.word()) : named)
                .stream().map(TemplateOperations::type).toList();
        Duration patience =
                words.time("--patience", Duration.ofSeconds(1), LONGEST).orElse(USUAL);
        QemuSettings settings = new QemuSettings(
                AgentBackends.qemuProgram(session),
                template,
                session.places().runners(),
                session.places().warm(),
                Long.MAX_VALUE);
        try (QemuBackend backend = new QemuBackend(settings, Ticker.system(), Log.off())) {
            for (ResourceType type : types) {
                session.voice().progress("saving a machine of size " + type.word());
                backend.warm(type, patience);
            }
        }
        String sizes = String.join(", ", types.stream().map(ResourceType::word).toList());
        session.said(
                words,
                "machines of template " + words.argument(0) + " are restored and not booted: " + sizes,
                json(template, session)
                        .with(
                                "types",
                                new JsonArray(List.copyOf(types.stream()
                                        .map(type -> new JsonString(type.word()))
                                        .toList()))));
        return ExitCode.GREEN.number();
    }

    private static ResourceType type(String word) {
        return ResourceType.parse(word)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "there is no size '" + word + "'",
                        "there are nano, micro, small, medium, large, xlarge, 2xlarge, 3xlarge and 4xlarge",
                        "mayfly fleet template warm NAME --type small"));
    }

    static int remove(FleetWords words, FleetSession session) {
        String name = words.argument(0);
        Optional<Template> was = store(session).remove(name);
        // Two names may stand for the same bytes; what was saved of them is still of use then.
        boolean another = store(session).list().stream()
                .map(TemplateStore.Listed::template)
                .flatMap(Optional::stream)
                .map(Template::digest)
                .anyMatch(digest ->
                        was.map(Template::digest).filter(digest::equals).isPresent());
        int saved = another
                ? 0
                : was.map(Template::digest)
                        .map(new WarmFolder(session.places().warm())::forget)
                        .orElse(0);
        session.said(
                words,
                "template " + name + " is removed" + (saved > 0 ? ", with " + saved + " saved machines" : ""),
                JsonObject.of().with("name", name).with("saved_removed", saved));
        return ExitCode.GREEN.number();
    }
}
