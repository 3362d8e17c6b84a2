package dev.mayfly.mesh.card;

import dev.mayfly.mesh.endpoint.Peer;

/**
 * How a card is used.
 *
 * @param queueKey that datagrams to it must name
 * @param trafficClass of IP, 0 to 255: the class of service in its upper six bits, which switches sort traffic by
 * @param hops after so many routers a frame is dropped
 * @param sends so many may be on their way
 * @param receives so many may arrive between two looks
 */
public record CardOptions(int queueKey, int trafficClass, int hops, int sends, int receives) {
    public static final CardOptions USUAL = new CardOptions(Peer.USUAL_KEY, 0, 64, 512, 1024);

    public CardOptions {
        if (trafficClass < 0 || trafficClass > 255 || hops < 1 || hops > 255) {
            throw new IllegalArgumentException("a traffic class of " + trafficClass + " and " + hops + " hops");
        }
    }

    public CardOptions withKey(int key) {
        return new CardOptions(key, trafficClass, hops, sends, receives);
    }

    public CardOptions withTrafficClass(int newClass) {
        return new CardOptions(queueKey, newClass, hops, sends, receives);
    }
}
