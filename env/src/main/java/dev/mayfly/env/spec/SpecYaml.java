package dev.mayfly.env.spec;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * The YAML of a spec file, built from the parser's events so that depth is bounded. Anchors, aliases and second documents are
 * refused: each can make a small file mean something large or unseen.
 */
final class SpecYaml {
    private static final int MOST_DEPTH = 16;

    sealed interface Node {
        /** From 1. */
        int line();
    }

    record Scalar(String text, boolean plain, int line) implements Node {
        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    record Sequence(List<Node> items, int line) implements Node {}

    record Mapping(Map<String, Node> values, int line) implements Node {
        Optional<Node> find(String key) {
            return Optional.ofNullable(values.get(key))
                    .filter(value -> !(value instanceof Scalar scalar && scalar.isNull()));
        }
    }

    /** What is wrong, and on which line; 0 when on none. */
    static final class BadYamlException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        BadYamlException(int line, String why) {
            super(why);
            this.line = line;
        }

        int line() {
            return line;
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    private final Iterator<Event> events;

    private SpecYaml(Iterator<Event> events) {
        this.events = events;
    }

    static Node read(String text, int mostCharacters) throws BadYamlException {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(mostCharacters)
                .setUseMarks(true)
                .build();
        try {
            return new SpecYaml(new Parse(settings).parseString(text).iterator()).document();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new BadYamlException(line, Optional.ofNullable(e.getProblem()).orElse("it is no YAML"));
        } catch (YamlEngineException e) {
            throw new BadYamlException(0, String.valueOf(e.getMessage()));
        }
    }

    private Node document() throws BadYamlException {
        next();
        if (next().getEventId() == Event.ID.StreamEnd) {
            throw new BadYamlException(0, "it is empty");
        }
        Node root = node(next(), 0);
        next();
        Event after = next();
        if (after.getEventId() != Event.ID.StreamEnd) {
            throw new BadYamlException(line(after), "a second document begins");
        }
        return root;
    }

    private Node node(Event event, int depth) throws BadYamlException {
        int line = line(event);
        if (depth > MOST_DEPTH) {
            throw new BadYamlException(line, "it is nested deeper than " + MOST_DEPTH);
        }
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw new BadYamlException(line, "anchors and aliases are not used here: write the value out");
        }
        if (event instanceof ScalarEvent scalar) {
            return new Scalar(scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN, line);
        }
        if (event instanceof SequenceStartEvent) {
            List<Node> items = new ArrayList<>();
            for (Event each = next(); each.getEventId() != Event.ID.SequenceEnd; each = next()) {
                items.add(node(each, depth + 1));
            }
            return new Sequence(items, line);
        }
        if (event instanceof MappingStartEvent) {
            return mapping(line, depth);
        }
        throw new BadYamlException(line, "a value is missing");
    }

    private Mapping mapping(int line, int depth) throws BadYamlException {
        Map<String, Node> values = new LinkedHashMap<>();
        for (Event each = next(); each.getEventId() != Event.ID.MappingEnd; each = next()) {
            if (!(node(each, depth + 1) instanceof Scalar key)) {
                throw new BadYamlException(line(each), "a key is no text");
            }
            if (values.put(key.text(), node(next(), depth + 1)) != null) {
                throw new BadYamlException(key.line(), "the key '" + key.text() + "' stands twice");
            }
        }
        return new Mapping(values, line);
    }

    private Event next() throws BadYamlException {
        if (!events.hasNext()) {
            throw new BadYamlException(0, "it ends too early");
        }
        return events.next();
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
