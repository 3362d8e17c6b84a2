package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.program.Voice;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The three streams of the process. The result goes to stdout and nothing else does. */
final class Console implements Voice {
    /** What any terminal shows in one line; a longer one could not be taken back. */
    private static final int WIDTH = 79;

    /** ECMA-48, erase in line. */
    private static final String TO_END_OF_LINE = "\u001b[K";

    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;
    private final boolean terminal;

    /** Whether a line stands on the terminal that the next one is to replace; guarded by {@link #err}. */
    private boolean standing;

    Console(InputStream in, OutputStream out, PrintStream err) {
        this(in, out, err, false);
    }

    /** @param terminal whether errors go to one, which can take a line back */
    Console(InputStream in, OutputStream out, PrintStream err, boolean terminal) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    InputStream in() {
        return in;
    }

    /** Writes the result in UTF-8 whatever the locale says, because results are JSON. */
    @Override
    public void result(String text) {
        standing("");
        try {
            String whole = text.endsWith("\n") ? text : text + "\n";
            out.write(whole.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            if ("Broken pipe".equals(e.getMessage())) {
                // Whoever read it had enough, as in: mayfly exec ... | head
                return;
            }
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "the result could not be written to stdout",
                    String.valueOf(e.getMessage()),
                    "check where stdout goes, or name a file with --out",
                    e);
        }
    }

    @Override
    public void progress(String line) {
        error(line);
    }

    @Override
    public boolean replaces() {
        return terminal;
    }

    @Override
    public void standing(String line) {
        synchronized (err) {
            if (!terminal) {
                Voice.super.standing(line);
            } else if (standing || !line.isEmpty()) {
                err.print("\r" + (line.length() < WIDTH ? line : line.substring(0, WIDTH)) + TO_END_OF_LINE);
                if (line.isEmpty()) {
                    err.print("\r");
                }
                err.flush();
                standing = !line.isEmpty();
            }
        }
    }

    void error(String text) {
        standing("");
        err.println(text);
    }
}
