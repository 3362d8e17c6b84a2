package dev.mayfly.fleet.guest;

import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.runner.GuestState;
import dev.mayfly.fleet.ssh.SshResult;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One conversation with a guest's agent; QEMU lets one in at a time. Used by one thread, and closed by any.
 *
 * <p>Questions can be asked again: the agent does nothing twice that must be done once. An answer that nobody waits for any
 * more is passed over.
 */
public final class GuestChannel implements AutoCloseable {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    /** The agent's longest line is shorter. */
    private static final int LONGEST_LINE = 128 << 10;

    /** A guest that floods is let wait, not remembered. */
    private static final int MOST_LINES = 64;

    private static final String END = "\n";

    private final SocketChannel socket;
    private final SecureRandom random;
    private final Clock clock;
    private final Ticker ticker;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(MOST_LINES);
    private final Thread reader;

    private GuestChannel(SocketChannel socket, SecureRandom random, Clock clock, Ticker ticker) {
        this.socket = socket;
        this.random = random;
        this.clock = clock;
        this.ticker = ticker;
        this.reader = Thread.ofVirtual().name("guest").unstarted(this::read);
    }

    /** @throws IOException when the hypervisor does not listen there */
    public static GuestChannel open(Path path, SecureRandom random, Clock clock, Ticker ticker) throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        GuestChannel channel = new GuestChannel(
                socket,
                Objects.requireNonNull(random, "random"),
                Objects.requireNonNull(clock, "clock"),
                Objects.requireNonNull(ticker, "ticker"));
        channel.reader.start();
        return channel;
    }

    private void read() {
        ByteBuffer bytes = ByteBuffer.allocate(8 << 10);
        java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
        try {
            while (socket.read(bytes) >= 0) {
                bytes.flip();
                while (bytes.hasRemaining()) {
                    byte each = bytes.get();
                    if (each == '\n') {
                        lines.put(line.toString(StandardCharsets.UTF_8) + END);
                        line.reset();
                    } else if (line.size() < LONGEST_LINE) {
                        line.write(each);
                    }
                }
                bytes.clear();
            }
            lines.put("");
        } catch (IOException e) {
            lines.offer("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until the agent answers.
     *
     * @return whether the machine has an identity
     */
    public boolean hello(Duration patience) throws IOException, InterruptedException {
        return ask("hello", patience, answer -> answer.startsWith("guest 1 ")).equals("guest 1 ready");
    }

    /** Lets the guest read ahead what it will need, before it is saved. */
    public void prepare(Duration patience) throws IOException, InterruptedException {
        ask("prepare", patience, answer -> answer.equals("prepared"));
    }

    /** @return the guest's public host key, as a line of authorized_keys */
    public String become(GuestIdentity who, Duration patience) throws IOException, InterruptedException {
        String mark = "ready " + who.nonce() + " ";
        return ask(who.line(clock.instant(), random), patience, answer -> answer.startsWith(mark))
                .substring(mark.length());
    }

    public GuestStatus status(GuestIdentity who, Duration patience) throws IOException, InterruptedException {
        String mark = "status " + who.nonce() + " ";
        String[] words = ask("status nonce=" + who.nonce(), patience, answer -> answer.startsWith(mark))
                .substring(mark.length())
                .split(" ", -1);
        try {
            GuestState state = switch (words[0]) {
                case "offline" -> GuestState.OFFLINE;
                case "idle" -> GuestState.IDLE;
                case "preparing" -> GuestState.PREPARING;
                case "running" -> GuestState.RUNNING;
                case "finished" -> GuestState.FINISHED;
                default -> throw new IOException("the guest says a state that is none: " + words[0]);
            };
            return new GuestStatus(
                    state, Double.parseDouble(words[1]), word(words, "runner="), word(words, "repository="));
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw new IOException("the guest says a time that is none", e);
        }
    }

    /** Of a guest that says it; older ones do not. */
    private static String word(String[] words, String name) {
        return Stream.of(words)
                .filter(each -> each.startsWith(name))
                .map(each -> each.substring(name.length()))
                .findFirst()
                .orElse("");
    }

    /**
     * Runs a command of the shell in the guest, without SSH.
     *
     * @param time after which the guest kills it, in whole seconds, at most ten minutes
     * @return its exit code, -1 when it was killed, and at most 32 KiB of what it wrote
     */
    public SshResult exec(GuestIdentity who, String command, Duration time) throws IOException, InterruptedException {
        String mark = "result " + who.nonce() + " ";
        String coded = Base64.getEncoder().encodeToString(command.getBytes(StandardCharsets.UTF_8));
        send("exec nonce=" + who.nonce() + " seconds=" + Math.max(1, time.toSeconds()) + " command=" + coded);
        // Said once: a command that is asked for again would run again.
        String[] words = await(Deadline.in(time.plus(ASK_AGAIN), ticker), answer -> answer.startsWith(mark))
                .substring(mark.length())
                .split(" ", 2);
        try {
            byte[] output = words.length < 2 ? new byte[0] : Base64.getDecoder().decode(words[1]);
            return new SshResult(Integer.parseInt(words[0]), new String(output, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException("the guest says a result that is none", e);
        }
    }

    private String ask(String question, Duration patience, Predicate<String> fits)
            throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(patience, ticker);
        while (true) {
            send(question);
            try {
                Duration left = deadline.left();
                return await(Deadline.in(left.compareTo(ASK_AGAIN) < 0 ? left : ASK_AGAIN, ticker), fits);
            } catch (SilenceException e) {
                if (deadline.passed()) {
                    throw e;
                }
            }
        }
    }

    private void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + END).getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    private String await(Deadline deadline, Predicate<String> fits) throws IOException, InterruptedException {
        while (true) {
            String line = lines.poll(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new SilenceException();
            }
            if (line.isEmpty()) {
                throw new EOFException("the hypervisor has ended");
            }
            String text = line.strip();
            if (fits.test(text)) {
                return text;
            }
            if (text.equals("denied")) {
                throw new IOException("the guest denies it: it belongs to somebody else");
            }
            if (text.startsWith("failed ")) {
                throw new IOException("the guest says: " + text.replaceFirst("^failed \\S+ ?", ""));
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to be told to anybody.
        }
        reader.interrupt();
    }

    /** The guest has not answered in time. */
    private static final class SilenceException extends IOException {
        private static final long serialVersionUID = 1;

        SilenceException() {
            super("the guest does not answer");
        }
    }
}
