package dev.mayfly.sandbox.bwrap;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The output of one run, read from two named pipes by a thread each.
 *
 * <p>Named, because the JDK empties and closes the pipes of a {@link Process} itself as soon as that process has ended,
 * in competition with whoever is reading them; what it takes in the middle of a read is lost. Opening a named pipe for
 * both ways never waits (fifo(7)), and while that one is held, neither end of the others does; when it is closed, readers
 * see the end as soon as the last writer is gone, or at once when none ever came.
 */
final class Streams implements AutoCloseable {
    private final Path stdoutPipe;
    private final Path stderrPipe;
    private final List<RandomAccessFile> held;
    private final HeadTail stdout;
    private final HeadTail stderr;
    private final List<Thread> readers;

    private Streams(Path stdoutPipe, Path stderrPipe, List<RandomAccessFile> held, int kept) throws IOException {
        this.stdoutPipe = stdoutPipe;
        this.stderrPipe = stderrPipe;
        this.held = held;
        this.stdout = new HeadTail(kept);
        this.stderr = new HeadTail(kept);
        FileInputStream out = new FileInputStream(stdoutPipe.toFile());
        FileInputStream err = new FileInputStream(stderrPipe.toFile());
        this.readers = List.of(reader(stdout, out), reader(stderr, err));
    }

    /** Starts reading. Between this and {@link #close} a process may be started that writes to the pipes. */
    static Streams open(Path stdoutPipe, Path stderrPipe, int kept) throws IOException {
        RandomAccessFile out = new RandomAccessFile(stdoutPipe.toFile(), "rw");
        try {
            RandomAccessFile err = new RandomAccessFile(stderrPipe.toFile(), "rw");
            return new Streams(stdoutPipe, stderrPipe, List.of(out, err), kept);
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /** Blocking reads would hold a carrier of virtual threads for as long as the job lives. */
    private static Thread reader(HeadTail target, FileInputStream pipe) {
        return Thread.ofPlatform().daemon().name("bwrap-output").start(() -> target.drain(pipe));
    }

    ProcessBuilder redirect(ProcessBuilder builder) {
        return builder.redirectOutput(stdoutPipe.toFile()).redirectError(stderrPipe.toFile());
    }

    /** Waits until all that was written has been read; all writers must have ended. */
    void await(Duration most) throws InterruptedException {
        for (Thread reader : readers) {
            reader.join(most);
        }
    }

    HeadTail stdout() {
        return stdout;
    }

    HeadTail stderr() {
        return stderr;
    }

    /** Lets go of the pipes; from now on the job alone keeps them open. */
    @Override
    public void close() throws IOException {
        for (RandomAccessFile pipe : held) {
            pipe.close();
        }
    }
}
