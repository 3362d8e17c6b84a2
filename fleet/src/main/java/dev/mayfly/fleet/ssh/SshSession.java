package dev.mayfly.fleet.ssh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;

/** One login, through which commands are run. Safe for concurrent use. */
public final class SshSession implements AutoCloseable {
    private static final int MOST_OUTPUT = 1 << 20;

    private final ClientSession session;

    SshSession(ClientSession session) {
        this.session = session;
    }

    public boolean isOpen() {
        return session.isOpen();
    }

    /**
     * @param input what the command reads; never part of the command, because that can be seen by others
     * @throws IOException when the connection is lost, or time is over
     */
    public SshResult run(String command, String input, Duration time) throws IOException {
        Capped output = new Capped();
        try (ChannelExec channel = session.createExecChannel(command)) {
            channel.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            channel.setOut(output);
            channel.setErr(output);
            channel.open().verify(time);
            Set<ClientChannelEvent> seen = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), time);
            Integer exit = channel.getExitStatus();
            if (seen.contains(ClientChannelEvent.TIMEOUT) || exit == null) {
                throw new IOException("the command did not end within " + time.toSeconds() + " s");
            }
            return new SshResult(exit, output.text());
        } catch (IllegalStateException e) {
            throw SshDoor.closed(e);
        }
    }

    @Override
    public void close() {
        // At once: whoever is on the other side may be gone, and there is nothing left to be said.
        session.close(true);
    }

    /** Keeps the beginning; a command that floods must not fill the memory of its host. */
    private static final class Capped extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int value) {
            if (kept.size() < MOST_OUTPUT) {
                kept.write(value);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int count) {
            kept.write(bytes, offset, Math.min(count, MOST_OUTPUT - kept.size()));
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
