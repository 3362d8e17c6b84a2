package dev.mayfly.env.spec;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an environment is made of, as somebody wrote it: {@code base+tools~2+/work/local.spfs.yaml}.
 *
 * @param items from bottom to top
 */
public record EnvSpec(List<SpecItem> items) {
    /** Items of one spec, files included. */
    static final int MOST_ITEMS = 10_000;

    static final String NOTHING = "-";

    public EnvSpec {
        items = List.copyOf(items);
    }

    /**
     * Reads no files. An empty text and {@code -} are the empty environment.
     *
     * @throws MayflyException {@code ENV_SPEC_INVALID} with the item and where it stands
     */
    public static EnvSpec parse(String text) {
        if (text.isEmpty() || text.equals(NOTHING)) {
            return new EnvSpec(List.of());
        }
        List<SpecItem> items = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int plus = text.indexOf('+', from);
            int to = plus < 0 ? text.length() : plus;
            if (items.size() == MOST_ITEMS) {
                throw invalid(text, "it has more than " + MOST_ITEMS + " items");
            }
            try {
                items.add(SpecItem.parse(text.substring(from, to)));
            } catch (SpecItem.BadItemException e) {
                throw invalid(
                        text,
                        "item " + (items.size() + 1) + " at character " + (from + 1) + ", '" + text.substring(from, to)
                                + "', " + e.why());
            }
            from = to + 1;
        }
        return new EnvSpec(items);
    }

    private static MayflyException invalid(String text, String why) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
        return new MayflyException(
                ErrorCode.ENV_SPEC_INVALID,
                "The environment " + shown + " cannot be read",
                why,
                "Write tags, digests or absolute paths of spec files with + between, the lowest first: base+tools~1");
    }

    /** Reads as the same spec again. */
    @Override
    public String toString() {
        return items.isEmpty()
                ? NOTHING
                : items.stream().map(SpecItem::toString).collect(Collectors.joining("+"));
    }
}
