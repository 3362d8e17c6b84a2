package dev.mayfly.platform.verbs;

/**
 * What a way to another card is made of.
 *
 * @param high the first eight of the sixteen bytes of its GID
 * @param low the other eight
 * @param flowLabel of which the card makes the UDP source port; 0 leaves it to the card
 * @param sourceIndex of the GID that this is sent from
 */
public record AddressWords(long high, long low, int flowLabel, int sourceIndex, int hops, int trafficClass) {}
