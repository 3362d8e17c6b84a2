package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.edit.Change;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.view.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which layer a file of a runtime comes from. */
final class Provenance {
    private Provenance() {}

    /** @param typed an absolute path below the folder where the runtime shows its environment */
    static JsonObject of(String typed, CurrentRuntime runtime) {
        Path target = runtime.record().target();
        Path path = Path.of(typed).normalize();
        if (!path.startsWith(target)) {
            throw new MayflyException(
                    ErrorCode.REF_UNKNOWN,
                    typed + " is of no environment",
                    "this runtime shows its environment at " + target,
                    "mayfly env info " + target + "/…");
        }
        String within = path.equals(target) ? "/" : "/" + target.relativize(path);
        JsonObject told = JsonObject.of().with("path", typed);
        Optional<Change> change = runtime.changes().stream()
                .filter(each -> each.text().equals(within))
                .findFirst();
        JsonObject with = change.isPresent()
                ? told.with("in_this_runtime", change.get().kind().name().toLowerCase(Locale.ROOT))
                : told;
        return provider(with, within, runtime).orElseGet(() -> {
            if (change.isEmpty()) {
                throw new MayflyException(
                        ErrorCode.REF_UNKNOWN,
                        "there is no " + typed,
                        "no layer of this runtime has it, and nothing was changed there",
                        "mayfly env ls " + runtime.spec());
            }
            return with;
        });
    }

    /** The highest layer that has it, if a higher one does not take it away. */
    private static Optional<JsonObject> provider(JsonObject told, String within, CurrentRuntime runtime) {
        View shown = runtime.below();
        Optional<Integer> found = shown.find(within);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        int node = found.get();
        JsonObject json = told.with("mode", String.format("%06o", shown.mode(node)));
        if (!shown.isDirectory(node)) {
            json = json.with("size", shown.size(node))
                    .with("digest", shown.object(node).toString());
        }
        Library library = runtime.session().library();
        for (Digest layer : runtime.record().layers().reversed()) {
            if (library.view(library.flatten(List.of(layer))).find(within).isPresent()) {
                List<String> names = tags(layer, runtime.session().repository().tags());
                return Optional.of(json.with("layer", layer.toString()).with("tags", JsonArray.ofStrings(names)));
            }
        }
        return Optional.of(json); // the root of an environment without layers
    }

    private static List<String> tags(Digest layer, Tags tags) {
        List<TagName> all = new ArrayList<>();
        tags.each("", all::add);
        return all.stream()
                .filter(name ->
                        tags.find(name).map(Tag::target).filter(layer::equals).isPresent())
                .map(TagName::toString)
                .toList();
    }
}
