package dev.mayfly.fleet.api;

import java.util.regex.Pattern;

/** What names may look like: they become file names, labels of metrics and words on a command line. */
final class Words {
    /** The longest host name (RFC 1035, section 2.3.4) is also the longest name that anybody has asked for. */
    private static final int LONGEST = 255;

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private Words() {}

    static String checked(String kind, String word) {
        if (word.length() > LONGEST || !WORD.matcher(word).matches()) {
            throw new IllegalArgumentException(kind + " must be 1 to " + LONGEST
                    + " letters, digits, dots, hyphens or underscores, the first a letter or digit: \"" + word + "\"");
        }
        return word;
    }
}
