package dev.mayfly.platform.verbs;

/** Who stamps completions. */
public enum CardClock {
    /** The card, in nanoseconds. */
    WALLCLOCK,
    /** The card, in ticks of a counter whose rate it tells. */
    TICKS,
    /** Nobody: the card cannot, or was not asked to. */
    NONE
}
