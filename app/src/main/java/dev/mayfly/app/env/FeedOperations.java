package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.env.lazy.Feeder;
import dev.mayfly.env.lazy.Patience;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.platform.linux.Libc;
import java.nio.file.Path;

/** The process that serves a view while its contents arrive; {@code env run} starts it, and may end long before it. */
final class FeedOperations {
    /** From a terminal that closes, and from its Ctrl-C: both are meant for the command. */
    private static final int HANG_UP = 1;

    private static final int INTERRUPT = 2;

    private FeedOperations() {}

    static int feed(HandedWords words, EnvSession session) throws InterruptedException {
        Libc.ignoreSignal(HANG_UP);
        Libc.ignoreSignal(INTERRUPT);
        Shown shown = session.shown();
        try (Repository origin = Repositories.unasked("origin", session)) {
            Feeder.run(
                    Path.of(words.argument(0)),
                    origin,
                    session.repository(),
                    shown::unmountUnused,
                    Patience.USUAL,
                    session.settings().serviceLog());
        }
        return ExitCode.GREEN.number();
    }
}
