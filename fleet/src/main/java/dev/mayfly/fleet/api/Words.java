package dev.mayfly.fleet.api;

/** What names may look like: they become file names, labels of metrics and words on a command line. */
final class Words {
    /** The longest host name (RFC 1035, section 2.3.4) is also the longest name that anybody has asked for. */
    private static final int LONGEST = 255;

    private Words() {}

    static String checked(String kind, String word) {
        if (word.isEmpty() || word.length() > LONGEST || !fits(word)) {
            throw new IllegalArgumentException(kind + " must be 1 to " + LONGEST
                    + " letters, digits, dots, hyphens or underscores, the first a letter or digit: \"" + word + "\"");
        }
        return word;
    }

    private static boolean fits(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!plain && (i == 0 || c != '.' && c != '-' && c != '_')) {
                return false;
            }
        }
        return true;
    }
}
