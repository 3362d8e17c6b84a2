package dev.mayfly.env.object;

import java.util.regex.Pattern;

/**
 * The name of a tag stream.
 *
 * @param org groups with slashes between, empty when there is none
 * @param name ASCII letters, digits and {@code - _ .}
 */
public record TagName(String org, String name) implements Comparable<TagName> {
    private static final Pattern ORG = Pattern.compile("([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    /** @throws IllegalArgumentException when it is not such a name; {@code .} and {@code ..} are none, as they are folders */
    public TagName {
        if (!ORG.matcher(org).matches() || !NAME.matcher(name).matches() || hasDots(org) || hasDots(name)) {
            throw new IllegalArgumentException("not a name of a tag: " + (org.isEmpty() ? name : org + "/" + name));
        }
    }

    /** @throws IllegalArgumentException when the text is not {@code [org/]name} */
    public static TagName parse(String text) {
        int slash = text.lastIndexOf('/');
        if (slash == 0) {
            throw new IllegalArgumentException("not a name of a tag, as it begins with a slash: " + text);
        }
        return slash < 0 ? new TagName("", text) : new TagName(text.substring(0, slash), text.substring(slash + 1));
    }

    private static boolean hasDots(String path) {
        for (String part : path.split("/", -1)) {
            if (part.equals(".") || part.equals("..")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int compareTo(TagName other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return org.isEmpty() ? name : org + "/" + name;
    }
}
