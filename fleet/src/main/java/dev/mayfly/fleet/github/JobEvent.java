package dev.mayfly.fleet.github;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.fleet.api.Label;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What GitHub tells of a job (webhook event {@code workflow_job}).
 *
 * @param repository {@code owner/name}
 * @param runner that has taken it; empty when none has
 */
public record JobEvent(Action action, long job, String repository, Set<Label> labels, String runner) {
    /** It becomes part of an address, so it must not lead anywhere else. */
    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*/(?!\\.{1,2}$)[A-Za-z0-9_.-]+");

    /** What has become of it. */
    public enum Action {
        QUEUED,
        IN_PROGRESS,
        COMPLETED,
        /** Anything else, for example {@code waiting} for somebody's leave. */
        OTHER
    }

    public JobEvent {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(runner, "runner");
        labels = Set.copyOf(labels);
    }

    /** Whom quotas are for: who has the repository. */
    public String owner() {
        return repository.substring(0, repository.indexOf('/'));
    }

    /** @throws IllegalArgumentException with what is missing */
    public static JobEvent read(byte[] body) {
        JsonValue value;
        try {
            value = JsonReader.read(body);
        } catch (JsonSyntaxException e) {
            throw new IllegalArgumentException("the body is no JSON: " + e.getMessage(), e);
        }
        JsonObject event = object(Optional.of(value), "the body");
        JsonObject job = object(event.get("workflow_job"), "workflow_job");
        Set<Label> labels = new TreeSet<>();
        if (job.get("labels").orElse(null) instanceof JsonArray all) {
            all.items().forEach(item -> labels.add(new Label(text(Optional.of(item), "a label"))));
        }
        String repository = text(object(event.get("repository"), "repository").get("full_name"), "full_name");
        if (!REPOSITORY.matcher(repository).matches()) {
            throw new IllegalArgumentException("full_name is no name of a repository");
        }
        return new JobEvent(
                action(text(event.get("action"), "action")),
                number(job.get("id"), "id of the job"),
                repository,
                labels,
                job.get("runner_name")
                        .filter(JsonString.class::isInstance)
                        .map(name -> ((JsonString) name).value())
                        .orElse(""));
    }

    private static Action action(String word) {
        return switch (word) {
            case "queued" -> Action.QUEUED;
            case "in_progress" -> Action.IN_PROGRESS;
            case "completed" -> Action.COMPLETED;
            default -> Action.OTHER;
        };
    }

    static JsonObject object(Optional<JsonValue> value, String what) {
        if (value.orElse(null) instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException(what + " is no object");
    }

    static String text(Optional<JsonValue> value, String what) {
        if (value.orElse(null) instanceof JsonString string) {
            return string.value();
        }
        throw new IllegalArgumentException(what + " is missing or no string");
    }

    static long number(Optional<JsonValue> value, String what) {
        if (value.orElse(null) instanceof JsonNumber number
                && number.exactLong().isPresent()
                && number.exactLong().getAsLong() > 0) {
            return number.exactLong().getAsLong();
        }
        throw new IllegalArgumentException(what + " is missing or no number");
    }
}
