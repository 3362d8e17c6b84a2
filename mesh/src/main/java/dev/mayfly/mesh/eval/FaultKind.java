package dev.mayfly.mesh.eval;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What is broken. */
public enum FaultKind {
    LINK_DEAD("link dead, both ways"),
    LINK_ONE_WAY("link dead, one way"),
    LINK_HALF("link loses 50 %"),
    LINK_TENTH("link loses 10 %"),
    LINK_TWENTIETH("link loses 5 %"),
    LINK_HUNDREDTH("link loses 1 %"),
    /** Takes minutes to see at ten probes a second, so it is not among the usual ones. */
    LINK_THOUSANDTH("link loses 0.1 %"),
    LINK_CORRUPTS("link changes 10 %"),
    LINK_FLAPS("link goes up and down"),
    CARD_DOWN("card down, its agent lives"),
    CARD_TENTH("card loses 10 %"),
    CARD_FIFTIETH("card loses 2 %"),
    CARD_FLAPS("card goes up and down"),
    SWITCH_DEAD("spine or core dead"),
    LEAF_DEAD("leaf dead"),
    SWITCH_TENTH("switch loses 10 %"),
    LINE_CARD("half of a spine's links dead"),
    BLACK_HOLE("switch drops one flow in 16");

    private final String words;

    FaultKind(String words) {
        this.words = words;
    }

    /** All that can be expected to be found within two minutes. */
    public static List<FaultKind> usual() {
        return Stream.of(values()).filter(kind -> kind != LINK_THOUSANDTH).toList();
    }

    /** As it is typed, for example {@code link-dead}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String words() {
        return words;
    }
}
