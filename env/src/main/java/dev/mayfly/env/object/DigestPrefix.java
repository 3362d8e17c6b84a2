package dev.mayfly.env.object;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The beginning of a digest's text.
 *
 * <p>Which texts are one is as in SPFS: characters of base32 in such a number that they could be the whole text of some
 * bytes, so that {@code ABC} is a tag and {@code ABCD} is not. What it fits is stricter: SPFS looks at whole bytes only and
 * forgets the bits of the last character that are over.
 *
 * @param text without padding
 */
public record DigestPrefix(String text) {
    private static final int WHOLE = 52;
    private static final int GROUP = 8;
    private static final Pattern TEXT = Pattern.compile("([A-Z2-7]+)(=*)");

    /** @throws IllegalArgumentException when no part of a digest looks like that */
    public DigestPrefix {
        if (!isOne(text)) {
            throw new IllegalArgumentException("not the beginning of a digest: " + text);
        }
    }

    /** With or without padding. Empty for what is none, also for the text of a whole digest. */
    public static Optional<DigestPrefix> parse(String text) {
        var parts = TEXT.matcher(text);
        if (!parts.matches() || !isOne(parts.group(1))) {
            return Optional.empty();
        }
        boolean padded = !parts.group(2).isEmpty();
        if (padded && (text.length() % GROUP != 0 || parts.group(2).length() >= GROUP - 1)) {
            return Optional.empty();
        }
        return Optional.of(new DigestPrefix(parts.group(1)));
    }

    public boolean fits(Digest digest) {
        return digest.toString().startsWith(text);
    }

    private static boolean isOne(String text) {
        boolean length = switch (text.length() % GROUP) {
            case 0, 2, 4, 5, 7 -> true;
            default -> false;
        };
        return length
                && !text.isEmpty()
                && text.length() < WHOLE
                && text.chars().allMatch(each -> (each >= 'A' && each <= 'Z') || (each >= '2' && each <= '7'));
    }

    @Override
    public String toString() {
        return text;
    }
}
