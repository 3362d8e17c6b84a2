package dev.mayfly.sandbox.policy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Builds the tree from the parser's events, and refuses on the way what makes YAML dangerous or ambiguous: anchors,
 * aliases, tags, duplicate keys, keys that are no text, several documents, too much size, depth or number of nodes.
 */
final class YamlReader {
    static final int MAX_BYTES = 256 << 10;
    private static final int MAX_DEPTH = 16;
    private static final int MAX_NODES = 20_000;

    /** Why the text is no tree; the first problem only, since what follows it cannot be trusted. */
    static final class YamlException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        YamlException(int line, String problem) {
            super((line > 0 ? "line " + line + ": " : "") + problem);
        }
    }

    private final Iterator<Event> events;
    private int nodes;

    private YamlReader(Iterator<Event> events) {
        this.events = events;
    }

    static Yaml read(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw new YamlException(0, utf8.length + " bytes, more than the limit of " + MAX_BYTES);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new YamlException(0, "the text is not valid UTF-8");
        }
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(MAX_BYTES)
                .setUseMarks(true)
                .build();
        try {
            return new YamlReader(new Parse(settings).parseString(text).iterator()).document();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new YamlException(line, Optional.ofNullable(e.getProblem()).orElse("no YAML"));
        } catch (YamlEngineException e) {
            throw new YamlException(0, String.valueOf(e.getMessage()));
        }
    }

    private Yaml document() {
        expect(Event.ID.StreamStart);
        if (next().getEventId() == Event.ID.StreamEnd) {
            throw new YamlException(0, "the file is empty");
        }
        Yaml root = node(next(), 0);
        expect(Event.ID.DocumentEnd);
        Event after = next();
        if (after.getEventId() != Event.ID.StreamEnd) {
            throw new YamlException(line(after), "a second document");
        }
        return root;
    }

    private Yaml node(Event event, int depth) {
        int line = line(event);
        if (depth > MAX_DEPTH) {
            throw new YamlException(line, "nested deeper than " + MAX_DEPTH);
        }
        if (++nodes > MAX_NODES) {
            throw new YamlException(line, "more than " + MAX_NODES + " values");
        }
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw new YamlException(line, "anchors and aliases are not used in policies: write the value out");
        }
        if (event instanceof ScalarEvent scalar) {
            refuseTag(scalar.getTag(), line);
            return new Yaml.Scalar(scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN, line);
        }
        if (event instanceof SequenceStartEvent start) {
            refuseTag(start.getTag(), line);
            return sequence(line, depth);
        }
        if (event instanceof MappingStartEvent start) {
            refuseTag(start.getTag(), line);
            return mapping(line, depth);
        }
        throw new YamlException(line, "a value is expected");
    }

    private Yaml sequence(int line, int depth) {
        List<Yaml> items = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            items.add(node(event, depth + 1));
        }
        return new Yaml.Sequence(items, line);
    }

    private Yaml mapping(int line, int depth) {
        List<Yaml.Entry> entries = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            if (!(node(event, depth + 1) instanceof Yaml.Scalar key)) {
                throw new YamlException(line(event), "a key that is no text");
            }
            if (!keys.add(key.text())) {
                throw new YamlException(key.line(), "the key '" + key.text() + "' stands twice");
            }
            entries.add(new Yaml.Entry(key.text(), key.line(), node(next(), depth + 1)));
        }
        return new Yaml.Mapping(entries, line);
    }

    private static void refuseTag(Optional<String> tag, int line) {
        if (tag.isPresent()) {
            throw new YamlException(line, "tags are not used in policies: remove " + tag.get());
        }
    }

    private void expect(Event.ID id) {
        Event event = next();
        if (event.getEventId() != id) {
            throw new YamlException(line(event), "unexpected " + event.getEventId());
        }
    }

    private Event next() {
        if (!events.hasNext()) {
            throw new YamlException(0, "the text ends too early");
        }
        return events.next();
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
