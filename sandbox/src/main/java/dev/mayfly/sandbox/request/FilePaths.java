package dev.mayfly.sandbox.request;

import dev.mayfly.sandbox.allow.AllowSyntaxException;
import dev.mayfly.sandbox.allow.Ascii;
import dev.mayfly.sandbox.allow.FsPattern;
import dev.mayfly.sandbox.api.InputFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Paths of {@code files[]} and globs of {@code outputs[]}. A path that climbs is malformed; an absolute path outside
 * {@code /tmp} and {@code /workspace} is well-formed, and it is the policy that answers it.
 */
final class FilePaths {
    private static final String WORKSPACE = "/workspace/";
    private static final String FIX = "write a path below /workspace or /tmp, or relative to /workspace";

    private FilePaths() {}

    /** The path as it is inside the box. */
    static Optional<String> absolute(String at, String text, Problems problems) {
        if (!wellFormed(at, text, problems)) {
            return Optional.empty();
        }
        try {
            return Optional.of(FsPattern.normalise(text.startsWith("/") ? text : WORKSPACE + text));
        } catch (AllowSyntaxException e) {
            problems.addBeyondSchema(at, e.problem(), e.fix());
            return Optional.empty();
        }
    }

    /** Rules that the schema's pattern says too: not empty, no control character, no {@code ..}, names a file. */
    private static boolean wellFormed(String at, String text, Problems problems) {
        if (text.isEmpty() || text.codePointCount(0, text.length()) > RequestLimits.PATH_TEXT) {
            problems.add(at, "a path has 1 to " + RequestLimits.PATH_TEXT + " characters", FIX);
            return false;
        }
        if (text.chars().anyMatch(Ascii::isControl)) {
            problems.add(at, "the path holds a control character", "remove it");
            return false;
        }
        String[] segments = text.split("/", -1);
        for (String segment : segments) {
            if (segment.equals("..")) {
                problems.add(at, "the path holds '..'", FIX);
                return false;
            }
        }
        String last = segments[segments.length - 1];
        if (last.isEmpty() || last.equals(".")) {
            problems.add(at, "the path names a folder, not a file", "write the name of a file at its end");
            return false;
        }
        return true;
    }

    /** No path twice, and none below a path that is a file; both would be an accident of order. */
    static void check(List<InputFile> files, Problems problems) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < files.size(); i++) {
            if (seen.putIfAbsent(files.get(i).path(), i) != null) {
                problems.addBeyondSchema("$.files", files.get(i).path() + " is written twice", "send each path once");
            }
        }
        for (InputFile file : files) {
            String path = file.path();
            for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                if (seen.containsKey(path.substring(0, slash))) {
                    problems.addBeyondSchema(
                            "$.files", path.substring(0, slash) + " is a file and a folder", "rename one of them");
                }
            }
        }
    }

    /** A glob relative to {@code /workspace}; {@code *}, {@code **} and {@code ?} are special, nothing else. */
    static Optional<String> output(String at, String text, Problems problems) {
        if (!wellFormed(at, text, problems)) {
            return Optional.empty();
        }
        if (text.chars().anyMatch(c -> "[]{}\\".indexOf(c) >= 0)) {
            problems.add(at, "brackets, braces and backslashes are no part of a glob here", "use *, ** and ?");
            return Optional.empty();
        }
        boolean outside = text.startsWith("/") && !text.startsWith(WORKSPACE);
        if (outside) {
            problems.add(at, "outputs come from /workspace only", "write the glob relative to /workspace");
            return Optional.empty();
        }
        try {
            String normal = FsPattern.normalise(text.startsWith("/") ? text : WORKSPACE + text);
            return Optional.of(normal.substring(WORKSPACE.length()));
        } catch (AllowSyntaxException e) {
            problems.addBeyondSchema(at, e.problem(), e.fix());
            return Optional.empty();
        }
    }
}
