package dev.mayfly.mesh.judge;

import java.time.Duration;

/**
 * How reports are judged.
 *
 * @param window of rows
 * @param hint how old a probe is before its loss may raise a suspicion
 * @param settle how old it is before it may be blamed on anything: longer than {@code silence} and a report, so that a late
 *     answer was told of by then, or its host was missed
 * @param silence an agent that is not heard for so long explains the losses of its cards
 * @param gone an agent that is not heard for so long is an incident
 * @param quiet so long after the last loss that a component explains, its incident ends
 * @param remembered how long rows are kept: what decides how small a loss is found
 */
public record JudgeOptions(
        Duration window,
        Duration hint,
        Duration settle,
        Duration silence,
        Duration gone,
        Duration quiet,
        Duration remembered) {
    public static final JudgeOptions USUAL = new JudgeOptions(
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            Duration.ofMillis(700),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(100));

    public JudgeOptions {
        if (hint.compareTo(settle) > 0 || silence.compareTo(gone) > 0 || quiet.compareTo(remembered) > 0) {
            throw new IllegalArgumentException("hint, silence and quiet are shorter than settle, gone and remembered");
        }
    }
}
