package dev.mayfly.fleet.host;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.TemplateName;
import dev.mayfly.fleet.schedule.TemplateTimes;
import dev.mayfly.fleet.schedule.TemplateTimes.Quantiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * How long the latest starts on this host have taken, by template and way, in a file: so it is known after a restart, and
 * to whoever looks while no agent runs. Bounded: the latest starts of the latest templates. Safe for concurrent use.
 */
public final class StartBook {
    /** So many of one template and way: enough for a 95th percentile that means something. */
    static final int MOST_STARTS = 256;

    /** So many templates and ways; of more, the one that was used longest ago is forgotten. */
    static final int MOST_ROWS = 24;

    private static final long FORMAT = 1;
    private static final int NANOS = 1_000;
    private static final int PHASES = 3;

    private record Key(TemplateName template, String way) {}

    /** Microseconds. */
    private record Start(long cloned, long boot, long total) {}

    private final Optional<Path> file;
    private final Log log;

    /** The one that was used last stands last. */
    private final Map<Key, Deque<Start>> rows = new LinkedHashMap<>();

    private StartBook(Optional<Path> file, Log log) {
        this.file = file;
        this.log = log;
    }

    /** @param file empty for one that is forgotten with its process; one that cannot be read is begun anew */
    public static StartBook open(Optional<Path> file, Log log) {
        StartBook book = new StartBook(file, log.named("starts"));
        file.ifPresent(book::read);
        return book;
    }

    /** What a file says, for whoever only looks. */
    public static List<TemplateTimes> look(Path file) {
        return open(Optional.of(file), Log.off()).times();
    }

    synchronized void add(TemplateName template, StartTimes times) {
        Key key = new Key(template, times.way().name().toLowerCase(Locale.ROOT));
        Deque<Start> starts = Optional.ofNullable(rows.remove(key)).orElseGet(ArrayDeque::new);
        long clone = times.cloned().toNanos() / NANOS;
        long total = times.total().toNanos() / NANOS;
        starts.addLast(new Start(clone, total - clone, total));
        while (starts.size() > MOST_STARTS) {
            starts.removeFirst();
        }
        rows.put(key, starts);
        Iterator<Key> oldest = rows.keySet().iterator();
        while (rows.size() > MOST_ROWS) {
            oldest.next();
            oldest.remove();
        }
        file.ifPresent(this::write);
    }

    /** By template and way, in the order of their names. */
    public synchronized List<TemplateTimes> times() {
        List<TemplateTimes> all = new ArrayList<>();
        rows.forEach((key, starts) -> all.add(new TemplateTimes(
                key.template().name(),
                key.template().digest(),
                key.way(),
                starts.size(),
                quantiles(starts, Start::cloned),
                quantiles(starts, Start::boot),
                quantiles(starts, Start::total))));
        all.sort(java.util.Comparator.comparing(TemplateTimes::template)
                .thenComparing(times -> times.digest().toString())
                .thenComparing(TemplateTimes::way));
        return all;
    }

    private static Quantiles quantiles(Deque<Start> starts, ToLongFunction<Start> part) {
        long[] sorted = starts.stream().mapToLong(part).sorted().toArray();
        return new Quantiles(at(sorted, 0.50), at(sorted, 0.95));
    }

    /** The least of which at least this share is not longer. */
    private static long at(long[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    // --- the file --------------------------------------------------------------------------------------------------

    private void write(Path where) {
        List<JsonValue> all = new ArrayList<>();
        rows.forEach((key, starts) -> {
            List<JsonValue> numbers = new ArrayList<>();
            for (Start each : starts) {
                numbers.add(new JsonArray(List.of(
                        JsonNumber.of(each.cloned()), JsonNumber.of(each.boot()), JsonNumber.of(each.total()))));
            }
            all.add(JsonObject.of()
                    .with("template", key.template().name())
                    .with("digest", key.template().digest().toString())
                    .with("way", key.way())
                    .with("clone_boot_total_us", new JsonArray(numbers)));
        });
        JsonObject book = JsonObject.of().with("format", FORMAT).with("templates", new JsonArray(all));
        try {
            DurableFile.replace(where, (JsonWriter.compact(book) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.warn().with("file", where).cause(e).log("how long a start has taken is not kept");
        }
    }

    private void read(Path where) {
        try {
            if (JsonReader.read(Files.readAllBytes(where)) instanceof JsonObject book
                    && book.get("format").filter(JsonNumber.of(FORMAT)::equals).isPresent()
                    && book.get("templates").orElse(JsonObject.of()) instanceof JsonArray all) {
                all.items().stream().limit(MOST_ROWS).forEach(this::readRow);
            }
        } catch (NoSuchFileException e) {
            log.debug().log("nothing was started here before");
        } catch (IOException | JsonSyntaxException | IllegalArgumentException e) {
            rows.clear();
            log.warn().with("file", where).cause(e).log("how long starts have taken cannot be read, and is begun anew");
        }
    }

    private void readRow(JsonValue value) {
        if (value instanceof JsonObject row
                && row.get("template").orElse(row) instanceof JsonString name
                && row.get("digest").orElse(row) instanceof JsonString digest
                && row.get("way").orElse(row) instanceof JsonString way
                && row.get("clone_boot_total_us").orElse(row) instanceof JsonArray starts) {
            Deque<Start> read = new ArrayDeque<>();
            for (JsonValue each : starts.items()) {
                if (each instanceof JsonArray(List<JsonValue> parts)
                        && parts.size() == PHASES
                        && read.size() < MOST_STARTS) {
                    read.addLast(new Start(number(parts.get(0)), number(parts.get(1)), number(parts.get(2))));
                }
            }
            if (!read.isEmpty()) {
                rows.put(
                        new Key(new TemplateName(name.value(), Sha256Digest.parse(digest.value())), way.value()), read);
            }
        }
    }

    private static long number(JsonValue value) {
        return value instanceof JsonNumber number ? number.exactLong().orElse(0) : 0;
    }
}
