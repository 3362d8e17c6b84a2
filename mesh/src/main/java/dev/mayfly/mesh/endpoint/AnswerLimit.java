package dev.mayfly.mesh.endpoint;

/**
 * How many probes of one peer are answered. Each costs two frames, so a forged source address of a peer can be sent no more
 * than twice this.
 */
public record AnswerLimit(double perSecond, double inARow) {
    public static final AnswerLimit USUAL = new AnswerLimit(2_000, 500);

    public AnswerLimit {
        if (!(perSecond > 0) || !(inARow >= 1)) {
            throw new IllegalArgumentException("a limit of " + perSecond + " per second and " + inARow + " in a row");
        }
    }
}
