package dev.mayfly.mesh.probe;

import java.util.Optional;

/**
 * The six stamps of a probe, in nanoseconds. Three clocks made them, and only differences within one mean something: T1
 * and T6 are of the prober's processor, T2 and T5 of its card or kernel, T3 and T4 of the responder's.
 *
 * @param t1 the prober begins
 * @param t2 the probe leaves it
 * @param t3 the probe reaches the responder
 * @param t4 the first answer leaves it
 * @param t5 the first answer reaches the prober
 * @param t6 the prober has seen the second answer
 */
public record Stamps(long t1, long t2, long t3, long t4, long t5, long t6) {
    /** No part of a probe takes longer: what does was forgotten before, so a stamp is wrong. */
    static final long LONGEST_NANOS = 10_000_000_000L;

    /** Empty when a part would be negative or longer than ten seconds, which no true stamps can say. */
    public Optional<Timing> timing() {
        long away = t5 - t2;
        long responder = t4 - t3;
        long network = away - responder;
        long prober = t6 - t1 - away;
        boolean possible = possible(network) && possible(responder) && possible(prober);
        return possible ? Optional.of(new Timing(network, responder, prober)) : Optional.empty();
    }

    private static boolean possible(long nanos) {
        return nanos >= 0 && nanos <= LONGEST_NANOS;
    }
}
