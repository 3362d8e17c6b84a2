package dev.mayfly.app;

import dev.mayfly.base.config.ConfigException;
import dev.mayfly.base.config.ConfigProblem;
import dev.mayfly.base.config.ConfigSource;
import dev.mayfly.base.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * {@code mayfly.yaml} as settings. Nested keys are joined with dots, so {@code log: {level: warn}} and
 * {@code log.level: warn} say the same. Only the tree of nodes is read: no value of the file ever becomes an object of a
 * class that it names.
 */
public final class YamlSettings {
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private final List<Setting> settings = new ArrayList<>();
    private final List<ConfigProblem> problems = new ArrayList<>();

    private YamlSettings(Path file) {
        this.file = file;
    }

    /** @throws ConfigException when the file cannot be read or is not a mapping of scalars and lists of scalars */
    static ConfigSource read(Path file) {
        return settings(new YamlSettings(file), YamlSettings::read);
    }

    /** The same of a text that is to be in the file. */
    public static ConfigSource parse(Path file, String text) {
        return settings(new YamlSettings(file), reading -> reading.compose(text));
    }

    private static ConfigSource settings(YamlSettings reading, Consumer<YamlSettings> how) {
        how.accept(reading);
        if (!reading.problems.isEmpty()) {
            throw new ConfigException(reading.problems);
        }
        return () -> List.copyOf(reading.settings);
    }

    private void read() {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                problems.add(new ConfigProblem(file.toString(), "has " + size + " bytes, more than " + MAX_BYTES));
                return;
            }
            compose(Files.readString(file));
        } catch (IOException e) {
            problems.add(new ConfigProblem(file.toString(), "cannot be read: " + e));
        }
    }

    private void compose(String text) {
        try {
            LoadSettings loading = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setAllowDuplicateKeys(false)
                    .setMaxAliasesForCollections(0)
                    .build();
            Optional<Node> root = new Compose(loading).composeString(text);
            if (root.isPresent()) {
                mapping("", root.get());
            }
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            problems.add(new ConfigProblem(file + line, "is not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(new ConfigProblem(file.toString(), "is not YAML: " + e.getMessage()));
        }
    }

    private void mapping(String prefix, Node node) {
        if (!(node instanceof MappingNode mapping)) {
            problem(node, "a mapping of keys to values is expected");
            return;
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problem(entry.getKeyNode(), "a key must be a word");
                continue;
            }
            value(prefix + key.getValue(), entry.getValueNode());
        }
    }

    private void value(String key, Node node) {
        switch (node) {
            case ScalarNode scalar -> settings.add(Setting.of(key, scalar.getValue(), origin(node)));
            case SequenceNode sequence -> list(key, sequence);
            default -> mapping(key + ".", node);
        }
    }

    private void list(String key, SequenceNode sequence) {
        List<String> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            if (item instanceof ScalarNode scalar) {
                items.add(scalar.getValue());
            } else {
                problem(item, "an item of " + key + " must be a single value");
            }
        }
        settings.add(new Setting(key, items, origin(sequence)));
    }

    private void problem(Node node, String what) {
        problems.add(new ConfigProblem(origin(node), what));
    }

    private String origin(Node node) {
        Optional<Mark> mark = node.getStartMark();
        return file + mark.map(at -> ":" + (at.getLine() + 1)).orElse("");
    }
}
