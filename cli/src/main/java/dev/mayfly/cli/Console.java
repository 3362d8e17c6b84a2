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
    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;

    Console(InputStream in, OutputStream out, PrintStream err) {
        this.in = in;
        this.out = out;
        this.err = err;
    }

    InputStream in() {
        return in;
    }

    /** Writes the result in UTF-8 whatever the locale says, because results are JSON. */
    @Override
    public void result(String text) {
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

    void error(String text) {
        err.println(text);
    }
}
