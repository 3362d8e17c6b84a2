package dev.mayfly.app.mesh;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.ping.PingSums;
import dev.mayfly.mesh.ping.Pinger;
import dev.mayfly.mesh.soft.PlainTransport;
import dev.mayfly.mesh.soft.Soft;
import dev.mayfly.mesh.transport.Transport;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.OptionalInt;

/** {@code mayfly mesh ping}. */
final class PingOperations {
    private static final int MOST_PROBES = 1_000_000_000;
    /** Half of what a responder answers. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final Duration LONGEST = Duration.ofHours(1);

    private PingOperations() {}

    static int ping(HandedWords words, MeshSession session) {
        HostWords host = HostWords.of(words, "--paths", 1);
        OptionalInt count = words.text("--count").isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of((int) words.number("--count", 1, MOST_PROBES, 1));
        Pinger.Pace pace = new Pinger.Pace(count, interval(words));
        Soft.Choice choice = open(words, host);
        try (Transport transport = choice.transport()) {
            PingVoice voice = new PingVoice(session.voice(), words.on("--json"), transport.stamping());
            voice.begin(host, choice);
            int epoch = new SecureRandom().nextInt() & Integer.MAX_VALUE;
            PingSums sums = new Pinger(transport, host.ports(), host.peer(), epoch, Ticker.system(), voice).run(pace);
            voice.end(sums);
            if (!sums.answered() && sums.judged() > 0) {
                throw silent(host);
            }
        }
        return ExitCode.GREEN.number();
    }

    private static MayflyException silent(HostWords host) {
        return new MayflyException(
                ErrorCode.NOT_FOUND,
                host.shown() + " answered no probe",
                "nobody answers probes there, it does not know this host, or UDP 4791 does not come through",
                "start there: mayfly mesh respond --peer " + host.from()
                        + "   # then look at the way: mayfly mesh trace "
                        + host.peer().address());
    }

    private static Soft.Choice open(HandedWords words, HostWords host) {
        if (words.on("--plain")) {
            return new Soft.Choice(
                    PlainTransport.open(host.from(), host.ports(), Ticker.system()), "it was asked for", "");
        }
        return TransportWords.open(words, host.from(), host.ports(), host.peer().queueKey());
    }

    /** Seconds with a fraction, as ping(8) takes them. */
    private static Duration interval(HandedWords words) {
        String text = words.text("--interval").orElse("1");
        try {
            Duration interval =
                    Duration.ofNanos(new BigDecimal(text).movePointRight(9).longValue());
            if (interval.compareTo(SHORTEST) >= 0 && interval.compareTo(LONGEST) <= 0) {
                return interval;
            }
        } catch (NumberFormatException _) {
            // Told below, together with the range.
        }
        throw new MayflyException(
                ErrorCode.USAGE,
                "--interval does not understand '" + text + "'",
                "it takes seconds from 0.001 to 3600",
                "for example: --interval 0.2");
    }
}
