package dev.mayfly.sandbox.allow;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A place in the file system: one path, or with {@code /**} at the end a folder and all below it.
 *
 * <p>There are no other wildcards: a pattern becomes at most one mount, and expanding globs into mounts costs every
 * start. Paths are absolute and normalised; {@code ..} is refused, never resolved.
 *
 * @param path absolute, without trailing slash; empty for the root
 */
public record FsPattern(String path, boolean subtree) {
    static final int MAX_PATH = 4095;
    static final int MAX_SEGMENT = 255;

    private static final String FIX = "write an absolute path, or a folder with all below it as /folder/**";

    /** @throws AllowSyntaxException when the text is no such place */
    public static FsPattern parse(String text) {
        boolean subtree = text.endsWith("/**");
        String path = subtree ? text.substring(0, text.length() - 3) : text;
        if (path.indexOf('*') >= 0 || path.indexOf('?') >= 0) {
            throw new AllowSyntaxException("a wildcard other than /** at the end", FIX);
        }
        if (subtree && path.isEmpty()) {
            return new FsPattern("", true);
        }
        if (!path.startsWith("/")) {
            throw new AllowSyntaxException("the path is not absolute", FIX);
        }
        String normal = normalise(path);
        if (normal.equals("/")) {
            throw new AllowSyntaxException("the path is the root folder", FIX);
        }
        return new FsPattern(normal, subtree);
    }

    /**
     * Removes doubled slashes and {@code .} segments.
     *
     * @throws AllowSyntaxException for {@code ..}, control characters, text that is not NFC, over-long parts
     */
    public static String normalise(String path) {
        if (path.chars().anyMatch(Ascii::isControl)) {
            throw new AllowSyntaxException("the path holds a control character", "remove it");
        }
        if (!Normalizer.isNormalized(path, Normalizer.Form.NFC)) {
            throw new AllowSyntaxException("the path is not in Unicode NFC", "normalise it to NFC");
        }
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                throw new AllowSyntaxException("the path holds '..'", "write it without '..'");
            }
            if (segment.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT) {
                throw new AllowSyntaxException("a part of the path is too long", "a part has at most 255 bytes");
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        String joined = (path.startsWith("/") ? "/" : "") + String.join("/", kept);
        if (joined.getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
            throw new AllowSyntaxException("the path is too long", "a path has at most 4095 bytes");
        }
        return joined;
    }

    /** Whether this normalised absolute path is the place or lies in it. */
    public boolean covers(String normalPath) {
        return normalPath.equals(path) || (subtree && normalPath.startsWith(path + "/"));
    }

    /** Whether all of the other place lies in this one. */
    public boolean covers(FsPattern other) {
        return subtree ? covers(other.path) || path.isEmpty() : !other.subtree && other.path.equals(path);
    }

    /** What both name; places nest or are apart. */
    public Optional<FsPattern> intersect(FsPattern other) {
        if (covers(other)) {
            return Optional.of(other);
        }
        if (other.covers(this)) {
            return Optional.of(this);
        }
        // The folder itself, asked for as a plain path, is no part of a wish that meets it only there.
        return Optional.empty();
    }

    @Override
    public String toString() {
        return subtree ? path + "/**" : path;
    }
}
