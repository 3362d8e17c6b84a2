package dev.mayfly.platform.verbs;

/**
 * An address of a card.
 *
 * @param port of the card, from 1
 * @param index in the port's table
 * @param version2 whether frames from it are RoCE of version 2, which is UDP
 * @param high the first eight of its sixteen bytes
 * @param low the other eight
 */
public record CardGid(int port, int index, boolean version2, long high, long low) {
    private static final long MAPPED = 0x0000FFFFL;

    /** Whether it is an address of IPv4: ::ffff:a.b.c.d. */
    public boolean ipv4() {
        return high == 0 && low >>> 32 == MAPPED;
    }
}
