package dev.mayfly.sandbox.request;

import dev.mayfly.sandbox.allow.Ascii;

/** The syntax of policy ids. An id becomes part of a file name, so it can neither climb nor hide. */
public final class PolicyIds {
    private PolicyIds() {}

    public static boolean isValid(String id) {
        if (id.isEmpty() || id.length() > 64 || !Ascii.isLetterOrDigit(id.charAt(0)) || id.contains("..")) {
            return false;
        }
        return id.chars().allMatch(c -> Ascii.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.');
    }
}
