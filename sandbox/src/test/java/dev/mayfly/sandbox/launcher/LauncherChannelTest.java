package dev.mayfly.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LauncherChannelTest {
    private SocketChannel far;
    private LauncherChannel near;

    @BeforeEach
    void connect(@TempDir Path directory) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            far = SocketChannel.open(address);
            near = new LauncherChannel(server.accept());
        }
    }

    @AfterEach
    void close() throws IOException {
        near.close();
        far.close();
    }

    private static long soon() {
        return System.nanoTime() + Duration.ofSeconds(10).toNanos();
    }

    private static ByteBuffer data(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return new FrameWriter(Wire.DATA).bytes(1, bytes).number(2, 1).finish();
    }

    @Test
    void frames_arrive_whole_however_they_are_cut() throws Exception {
        Random random = new Random(7);
        int[] sizes = {0, 1, 7, 100, 70_000, 300_000, 3, 5_000_000, 12};
        Thread sender = Thread.ofVirtual().start(() -> {
            for (int size : sizes) {
                ByteBuffer frame = data(size);
                while (frame.hasRemaining()) {
                    int piece = Math.min(frame.remaining(), 1 + random.nextInt(size > 1000 ? 100_000 : 5));
                    ByteBuffer slice = frame.slice(frame.position(), piece);
                    try {
                        while (slice.hasRemaining()) {
                            far.write(slice);
                        }
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                    frame.position(frame.position() + piece);
                }
            }
        });
        for (int size : sizes) {
            LauncherMessage.Data message = (LauncherMessage.Data) near.receive(soon());
            byte[] expected = new byte[size];
            new Random(size).nextBytes(expected);
            assertThat(message.bytes()).isEqualTo(expected);
        }
        sender.join();
    }

    @Test
    void an_interrupt_does_not_lose_a_byte() throws Exception {
        ByteBuffer frame = data(1000);
        far.write(frame.slice(0, 500));
        try (var executor = Executors.newSingleThreadExecutor()) {
            Future<Boolean> interrupted = executor.submit(() -> {
                Thread.currentThread().interrupt();
                try {
                    near.receive(soon());
                    return false;
                } catch (InterruptedException e) {
                    return true;
                }
            });
            assertThat(interrupted.get()).isTrue();
        }
        far.write(frame.slice(500, frame.limit() - 500));
        assertThat(((LauncherMessage.Data) near.receive(soon())).bytes()).hasSize(1000);
    }

    @Test
    void the_end_of_the_launcher_is_noticed() throws Exception {
        far.write(data(1000).limit(700));
        far.close();
        assertThatThrownBy(() -> near.receive(soon())).isInstanceOf(EOFException.class);
    }

    @Test
    void a_silent_launcher_is_not_waited_for_forever() {
        assertThatThrownBy(() -> near.receive(System.nanoTime() + 50_000_000)).isInstanceOf(IOException.class);
    }

    @Test
    void a_frame_that_claims_gigabytes_is_refused_at_once() throws Exception {
        far.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x7fff_fff0)
                .putInt(Wire.DATA)
                .flip());
        assertThatThrownBy(() -> near.receive(soon()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void random_bytes_end_in_a_message_or_an_error_and_never_hang() throws Exception {
        Random random = new Random(11);
        byte[] noise = new byte[4096];
        random.nextBytes(noise);
        far.write(ByteBuffer.wrap(noise));
        far.close();
        assertThatThrownBy(() -> {
                    while (true) {
                        near.receive(soon());
                    }
                })
                .isInstanceOfAny(ProtocolException.class, IOException.class);
    }
}
