package dev.mayfly.base.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody meant to write. */
public final class Spelling {
    private Spelling() {}

    /** The known word nearest to the given one, when few letters differ. */
    public static Optional<String> nearest(String given, Collection<String> known) {
        if (given.length() > 64) {
            return Optional.empty();
        }
        int most = Math.max(1, given.length() / 3);
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(word -> distance(given, word)))
                .filter(word -> distance(given, word) <= most);
    }

    /** Levenshtein distance: the fewest letters to add, drop or change. */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
