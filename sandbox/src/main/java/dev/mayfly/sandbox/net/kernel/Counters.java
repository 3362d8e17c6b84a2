package dev.mayfly.sandbox.net.kernel;

/**
 * What the kernel has done so far in one slot's namespace; the numbers only grow.
 *
 * @param unlisted those of {@code drops} whose destination found the table full
 * @param steeredTcp flows given to the mediator's listener
 * @param steeredDns packets given to the mediator's DNS socket
 */
public record Counters(long drops, long unlisted, long steeredTcp, long steeredDns) {
    public static final Counters ZERO = new Counters(0, 0, 0, 0);
}
