package dev.mayfly.sandbox.policy;

import dev.mayfly.base.text.Spelling;
import dev.mayfly.sandbox.allow.Ascii;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One map of keys in a policy: reads typed values and reports what does not fit, with its line. */
final class Section {
    private final String path;
    private final Yaml.Mapping mapping;
    private final PolicyProblems problems;

    private Section(String path, Yaml.Mapping mapping, PolicyProblems problems) {
        this.path = path;
        this.mapping = mapping;
        this.problems = problems;
    }

    static Section of(String path, Yaml node, Set<String> keys, PolicyProblems problems) {
        if (node instanceof Yaml.Mapping mapping) {
            Section section = new Section(path, mapping, problems);
            section.refuseUnknown(keys);
            return section;
        }
        problems.add(node.line(), name(path) + " is " + node.kind() + "; a map of keys is expected: " + sorted(keys));
        return new Section(path, new Yaml.Mapping(List.of(), node.line()), problems);
    }

    private void refuseUnknown(Set<String> keys) {
        for (Yaml.Entry entry : mapping.entries()) {
            if (!keys.contains(entry.key())) {
                String hint = Spelling.nearest(entry.key(), keys)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("known here: " + sorted(keys));
                problems.add(entry.line(), "unknown key '" + at(entry.key()) + "'; " + hint);
            }
        }
    }

    private static String sorted(Set<String> keys) {
        return String.join(", ", keys.stream().sorted().toList());
    }

    int line() {
        return mapping.line();
    }

    Optional<Yaml> get(String key) {
        return mapping.entries().stream()
                .filter(entry -> entry.key().equals(key))
                .map(Yaml.Entry::value)
                .findFirst();
    }

    /** An absent section is one without keys. */
    Section section(String key, Set<String> keys) {
        Yaml value = get(key).orElseGet(() -> new Yaml.Mapping(List.of(), mapping.line()));
        return of(at(key), value, keys, problems);
    }

    long number(String key, long otherwise, long least, long most) {
        Optional<Yaml> value = get(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        boolean digits = value.get() instanceof Yaml.Scalar scalar
                && scalar.plain()
                && scalar.text().length() <= 12
                && (scalar.text().length() <= 1 || scalar.text().charAt(0) != '0')
                && Ascii.all(scalar.text(), Ascii::isDigit);
        long number = digits && value.get() instanceof Yaml.Scalar scalar ? Long.parseLong(scalar.text()) : -1;
        if (!digits || number < least || number > most) {
            problem(
                    value.get(),
                    at(key) + " is " + value.get().kind() + "; a whole number within " + least + ".." + most
                            + " is expected");
            return otherwise;
        }
        return number;
    }

    Optional<String> word(String key, List<String> words) {
        Optional<Yaml> value = get(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof Yaml.Scalar scalar && words.contains(scalar.text())) {
            return Optional.of(scalar.text());
        }
        problem(
                value.get(),
                at(key) + " is " + value.get().kind() + "; one of " + String.join(", ", words) + " is expected");
        return Optional.empty();
    }

    Optional<String> text(String key) {
        Optional<Yaml> value = get(key);
        if (value.isPresent() && value.get() instanceof Yaml.Scalar scalar && scalar.isText()) {
            return Optional.of(scalar.text());
        }
        value.ifPresent(node -> problem(
                node, at(key) + " is " + node.kind() + "; a text is expected, in quotes if it could be a number"));
        return Optional.empty();
    }

    /** The items of a list; none when the key is absent. */
    List<Yaml> items(String key) {
        Optional<Yaml> value = get(key);
        if (value.isPresent() && value.get() instanceof Yaml.Sequence sequence) {
            return sequence.items();
        }
        value.ifPresent(node -> problem(node, at(key) + " is " + node.kind() + "; a list is expected"));
        return List.of();
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Yaml item : items(key)) {
            if (item instanceof Yaml.Scalar scalar && scalar.isText()) {
                texts.add(scalar.text());
            } else {
                problem(
                        item,
                        "an item of " + at(key) + " is " + item.kind()
                                + "; a text is expected, in quotes if it could be a number");
            }
        }
        return texts;
    }

    void problem(Yaml node, String text) {
        problems.add(node.line(), text);
    }

    void problem(String text) {
        problems.add(mapping.line(), text);
    }

    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String name(String path) {
        return path.isEmpty() ? "the policy" : path;
    }
}
