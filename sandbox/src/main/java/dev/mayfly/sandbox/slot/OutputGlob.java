package dev.mayfly.sandbox.slot;

import java.util.Arrays;
import java.util.List;

/**
 * A pattern over paths below /workspace: {@code *} and {@code ?} within a name, {@code **} for any number of folders, a
 * pattern that ends with a slash for everything below. Patterns come from requests and names from jobs, so matching takes
 * at most pattern times name steps; no regular expression is involved.
 */
public final class OutputGlob {
    private final List<String> segments;

    private OutputGlob(List<String> segments) {
        this.segments = segments;
    }

    /** A leading {@code /workspace/} or {@code ./} is taken off. */
    public static OutputGlob of(String pattern) {
        String rest = pattern;
        for (String prefix : List.of("/workspace/", "./")) {
            if (rest.startsWith(prefix)) {
                rest = rest.substring(prefix.length());
            }
        }
        if (rest.endsWith("/")) {
            rest += "**";
        }
        return new OutputGlob(List.copyOf(Arrays.asList(rest.split("/", -1))));
    }

    public boolean matches(String path) {
        String[] names = path.split("/", -1);
        boolean[] reach = new boolean[names.length + 1];
        reach[0] = true;
        for (String segment : segments) {
            boolean[] next = new boolean[names.length + 1];
            if (segment.equals("**")) {
                boolean any = false;
                for (int i = 0; i <= names.length; i++) {
                    any |= reach[i];
                    next[i] = any;
                }
            } else {
                for (int i = 0; i < names.length; i++) {
                    next[i + 1] = reach[i] && matchesName(segment, names[i]);
                }
            }
            reach = next;
        }
        return reach[names.length];
    }

    /** Greedy with one point of return, which is enough when {@code *} is the only repetition. */
    private static boolean matchesName(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
