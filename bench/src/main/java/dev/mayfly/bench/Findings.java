package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.List;

/** What one run of a benchmark found. */
interface Findings {
    Machine machine();

    /** The times that can be drawn. */
    List<Series> series();

    JsonObject json();

    String text();
}
