package dev.mayfly.platform.verbs;

/**
 * What a queue is to be like.
 *
 * @param port of the card, from 1
 * @param key that datagrams to it must name (Q_Key)
 * @param sends so many may be on their way
 * @param receives so many may arrive before they are looked at; what comes beyond is lost
 * @param payloadBytes of a datagram at most
 * @param cardStamps whether the card is asked for stamps
 */
public record QueueShape(int port, int key, int sends, int receives, int payloadBytes, boolean cardStamps) {
    public QueueShape {
        if (sends < 1 || sends > 1 << 14 || receives < 1 || receives > 1 << 14) {
            throw new IllegalArgumentException("1 to 16384 places, not " + sends + " and " + receives);
        }
        if (payloadBytes < 8 || payloadBytes > 4096 || (payloadBytes & 7) != 0) {
            throw new IllegalArgumentException("a payload of " + payloadBytes + " bytes");
        }
    }
}
