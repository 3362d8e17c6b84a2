package dev.mayfly.platform.verbs;

/** What a card says out of turn. */
public enum CardEvent {
    /** A queue pair or completion queue cannot be used any more. */
    QUEUE_BROKEN,
    /** The card is gone, or must be opened anew. */
    CARD_BROKEN,
    PORT_DOWN,
    PORT_UP,
    ADDRESSES_CHANGED,
    /** Nothing that matters here. */
    OTHER;

    /** enum ibv_event_type. */
    static CardEvent of(int type) {
        return switch (type) {
            case 0, 1, 3 -> QUEUE_BROKEN;
            case 8 -> CARD_BROKEN;
            case 9 -> PORT_UP;
            case 10 -> PORT_DOWN;
            case 18 -> ADDRESSES_CHANGED;
            default -> OTHER;
        };
    }
}
