package dev.mayfly.app.env;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Annotation;
import java.util.List;

/** Annotations of a layer as JSON. */
final class Annotations {
    private Annotations() {}

    static JsonObject json(List<Annotation> annotations) {
        JsonObject json = JsonObject.of();
        for (Annotation each : annotations) {
            json = json.with(
                    each.key(),
                    switch (each.value()) {
                        case Annotation.Inline inline -> inline.text();
                        case Annotation.Stored stored -> "blob " + stored.blob();
                    });
        }
        return json;
    }
}
