package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.program.Voice;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Says how a long piece of work stands: how much is done, how fast, and how long it still takes. One line that is rewritten
 * where that is possible, elsewhere a line every few seconds; nothing of what is done at once. Safe for concurrent use.
 */
final class Progress implements AutoCloseable {
    private static final long MILLI = 1_000_000;
    private static final long FIRST_AFTER = 500 * MILLI;
    private static final long REWRITTEN_EVERY = 100 * MILLI;
    private static final long LINE_EVERY = 3_000 * MILLI;

    /** How much is done of how much; a total is not known yet when it is not larger than what is done. */
    record At(long count, long ofCount, long bytes, long ofBytes) {}

    private final Voice voice;
    private final boolean silent;
    private final String what;
    private final LongSupplier nanoClock;
    private final long start;
    private final long pause;
    private long next;

    /** @param what for example {@code copied} */
    Progress(Voice voice, boolean silent, String what, LongSupplier nanoClock) {
        this.voice = voice;
        this.silent = silent;
        this.what = what;
        this.nanoClock = nanoClock;
        this.start = nanoClock.getAsLong();
        this.pause = voice.replaces() ? REWRITTEN_EVERY : LINE_EVERY;
        this.next = start + (voice.replaces() ? FIRST_AFTER : LINE_EVERY);
    }

    /** Of a command: programs that read JSON, and people who asked for quiet, hear nothing. */
    static Progress of(String what, HandedWords words, EnvSession session) {
        return new Progress(session.voice(), words.on("--json") || words.on("--quiet"), what, System::nanoTime);
    }

    synchronized void at(At now) {
        long time = nanoClock.getAsLong();
        if (!silent && time - next >= 0) {
            next = time + pause;
            voice.standing(line(now, (time - start) / 1e9));
        }
    }

    /** Of work that cannot be counted. */
    synchronized void in(String phase) {
        long time = nanoClock.getAsLong();
        if (!silent && (voice.replaces() || time - next >= 0)) {
            next = time + pause;
            voice.standing(what + ": " + phase);
        }
    }

    private String line(At now, double seconds) {
        StringBuilder line = new StringBuilder(what).append(' ').append(now.count());
        if (now.ofCount() > now.count()) {
            line.append(" of ").append(now.ofCount());
        }
        line.append(" files, ").append(Sizes.text(now.bytes()));
        if (now.ofBytes() > now.bytes()) {
            line.append(" of ").append(Sizes.text(now.ofBytes()));
        }
        if (seconds > 0 && now.bytes() > 0) {
            line.append(", ")
                    .append(Sizes.text(Math.round(now.bytes() / seconds)))
                    .append("/s");
        }
        left(now, seconds, line);
        return line.toString();
    }

    private static void left(At now, double seconds, StringBuilder line) {
        double share = now.ofBytes() > now.bytes()
                ? (double) now.bytes() / now.ofBytes()
                : now.ofCount() > now.count() ? (double) now.count() / now.ofCount() : 1;
        if (share > 0 && share < 1) {
            long left = Math.round(seconds * (1 - share) / share);
            line.append(String.format(Locale.ROOT, ", %d:%02d left", left / 60, left % 60));
        }
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        if (!silent && voice.replaces()) {
            voice.standing("");
        }
    }
}
