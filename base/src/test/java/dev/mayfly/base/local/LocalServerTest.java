package dev.mayfly.base.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.log.Log;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LocalServerTest {
    private static final LocalService ECHO = (call, context) -> new Reply.Done(
            0, call.parameters().with("operation", call.operation()).with("bytes", call.body().length));

    @TempDir
    Path temp;

    private Path socket;
    private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void nameTheSocket() {
        socket = temp.resolve("run").resolve("mayfly.sock");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private LocalServer serve(LocalService service) {
        return serve(service, LocalLimits.DEFAULT);
    }

    private LocalServer serve(LocalService service, LocalLimits limits) {
        LocalServer server = LocalServer.listen(socket, service, limits, Log.off());
        open.add(server);
        return server;
    }

    private LocalClient client() {
        LocalClient client = LocalClient.connect(socket).orElseThrow();
        open.add(client);
        return client;
    }

    private SocketChannel raw() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        open.add(channel);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    @Test
    void a_call_reaches_the_service_whole_and_its_reply_comes_back() throws Exception {
        serve(ECHO);
        Reply reply = client().call(
                        new Call("job.show", JsonObject.of().with("id", "é✓"), new byte[300_000]), CallContext.quiet());
        assertThat(reply)
                .isEqualTo(new Reply.Done(
                        0,
                        JsonObject.of()
                                .with("id", "é✓")
                                .with("operation", "job.show")
                                .with("bytes", 300_000)));
    }

    @Test
    void one_connection_carries_many_calls_one_after_the_other() throws Exception {
        serve(ECHO);
        LocalClient client = client();
        for (int i = 0; i < 200; i++) {
            assertThat(client.call(Call.of("a", JsonObject.of().with("n", i)), CallContext.quiet()))
                    .isEqualTo(new Reply.Done(
                            0,
                            JsonObject.of().with("n", i).with("operation", "a").with("bytes", 0)));
        }
    }

    @Test
    void progress_arrives_in_order_before_the_reply_and_long_lines_are_shortened() throws Exception {
        serve((_, context) -> {
            context.progress("one");
            context.progress("x".repeat(10_000));
            return new Reply.Done(10, new JsonString("done"));
        });
        List<String> lines = new ArrayList<>();
        Reply reply = client().call(Call.of("a", JsonObject.of()), new Recorder(lines));
        assertThat(lines).containsExactly("one", "x".repeat(4096) + "…");
        assertThat(reply.exitCode()).isEqualTo(10);
    }

    @Test
    void a_failure_keeps_its_code_and_texts() throws Exception {
        serve((_, _) -> {
            throw new MayflyException(ErrorCode.NOT_FOUND, "no job 7", "the ledger has none", "mayfly job ls");
        });
        Reply reply = client().call(Call.of("a", JsonObject.of()), CallContext.quiet());
        assertThat(reply)
                .isEqualTo(new Reply.Failed("MF-4003", "no job 7", "the ledger has none", "mayfly job ls", 69));
        assertThat(((Reply.Failed) reply).render())
                .isEqualTo("error MF-4003: no job 7\nwhy: the ledger has none\nfix: mayfly job ls");
    }

    @Test
    void a_bug_in_the_service_is_an_internal_failure_and_the_connection_lives_on() throws Exception {
        serve((call, _) -> {
            if (call.operation().equals("bug")) {
                throw new AssertionError("boom");
            }
            return new Reply.Done(0, new JsonString("fine"));
        });
        LocalClient client = client();
        assertThat(client.call(Call.of("bug", JsonObject.of()), CallContext.quiet()))
                .isInstanceOfSatisfying(Reply.Failed.class, failed -> {
                    assertThat(failed.code()).isEqualTo("MF-9001");
                    assertThat(failed.exitCode()).isEqualTo(4);
                    assertThat(failed.why()).contains("boom");
                });
        assertThat(client.call(Call.of("ok", JsonObject.of()), CallContext.quiet())
                        .exitCode())
                .isZero();
    }

    @Test
    void many_clients_are_served_at_once() throws Exception {
        int clients = 100;
        CountDownLatch allIn = new CountDownLatch(clients);
        serve((call, _) -> {
            allIn.countDown();
            assertThat(allIn.await(20, TimeUnit.SECONDS)).isTrue();
            return new Reply.Done(0, call.parameters());
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                JsonObject who = JsonObject.of().with("who", i);
                replies.add(threads.submit(() -> client().call(Call.of("a", who), CallContext.quiet())));
            }
            for (int i = 0; i < clients; i++) {
                assertThat(replies.get(i).get())
                        .isEqualTo(new Reply.Done(0, JsonObject.of().with("who", i)));
            }
        }
    }

    @Test
    void a_client_that_goes_away_cancels_its_call() throws Exception {
        Semaphore started = new Semaphore(0);
        AtomicReference<Boolean> cancelled = new AtomicReference<>();
        Semaphore ended = new Semaphore(0);
        LocalServer server = serve((_, context) -> {
            started.release();
            try {
                Thread.sleep(Duration.ofMinutes(1));
                throw new AssertionError("not interrupted");
            } catch (InterruptedException e) {
                cancelled.set(context.cancelled());
                throw e;
            } finally {
                ended.release();
            }
        });
        SocketChannel channel = raw();
        new FrameChannel(channel).write(Wire.call(Call.of("slow", JsonObject.of())));
        started.acquire();
        assertThat(server.callsInFlight()).isEqualTo(1);
        channel.close();
        assertThat(ended.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(cancelled.get()).isTrue();
        assertThat(server.drain(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void interrupting_the_caller_gives_the_call_up_on_both_sides() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        serve((_, _) -> {
            started.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            throw new AssertionError("not interrupted");
        });
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                client().call(Call.of("slow", JsonObject.of()), CallContext.quiet());
            } catch (Throwable e) {
                seen.set(e);
            }
        });
        started.await();
        caller.interrupt();
        caller.join();
        assertThat(seen.get()).isInstanceOf(InterruptedException.class);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void draining_lets_running_calls_finish_and_refuses_new_ones() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LocalServer server = serve((_, _) -> {
            started.countDown();
            release.await();
            return new Reply.Done(0, new JsonString("finished"));
        });
        LocalClient idle = client();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Reply> running =
                    threads.submit(() -> client().call(Call.of("a", JsonObject.of()), CallContext.quiet()));
            started.await();
            assertThat(server.drain(Duration.ofMillis(20))).isFalse();
            assertThat(LocalClient.connect(socket)).isEmpty();
            assertThat(idle.call(Call.of("b", JsonObject.of()), CallContext.quiet()))
                    .isInstanceOfSatisfying(
                            Reply.Failed.class,
                            failed -> assertThat(failed.code()).isEqualTo("MF-5003"));
            release.countDown();
            assertThat(running.get()).isEqualTo(new Reply.Done(0, new JsonString("finished")));
            assertThat(server.drain(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void closing_interrupts_what_runs_and_still_answers_its_client() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        LocalServer server = serve((_, _) -> {
            started.countDown();
            Thread.sleep(Duration.ofMinutes(1));
            throw new AssertionError("not interrupted");
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Reply> running =
                    threads.submit(() -> client().call(Call.of("a", JsonObject.of()), CallContext.quiet()));
            started.await();
            server.close();
            server.close();
            assertThat(running.get())
                    .isInstanceOfSatisfying(
                            Reply.Failed.class,
                            failed -> assertThat(failed.code()).isEqualTo("MF-5003"));
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void nothing_listening_is_a_value_whether_the_file_is_missing_dead_or_impossible() throws Exception {
        assertThat(LocalClient.connect(socket)).isEmpty();
        Files.createDirectories(
                socket.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        leaveDeadSocket();
        assertThat(LocalClient.connect(socket)).isEmpty();
        assertThat(LocalClient.connect(temp.resolve("x".repeat(200)))).isEmpty();
    }

    private void leaveDeadSocket() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
    }

    @Test
    void a_dead_socket_file_is_replaced_and_the_socket_is_private() throws Exception {
        Files.createDirectories(
                socket.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        leaveDeadSocket();
        serve(ECHO);
        assertThat(client().call(Call.of("a", JsonObject.of()), CallContext.quiet())
                        .exitCode())
                .isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_second_service_on_the_same_socket_is_refused_and_the_first_lives_on() throws Exception {
        serve(ECHO);
        assertThatThrownBy(() -> LocalServer.listen(socket, ECHO, LocalLimits.DEFAULT, Log.off()))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_RUNNING));
        assertThat(client().call(Call.of("a", JsonObject.of()), CallContext.quiet())
                        .exitCode())
                .isZero();
    }

    @Test
    void a_foreign_listener_without_our_lock_is_not_displaced() throws Exception {
        Files.createDirectories(
                socket.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel foreign = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            foreign.bind(UnixDomainSocketAddress.of(socket));
            assertThatThrownBy(() -> serve(ECHO)).hasMessageContaining("already listens");
            assertThat(socket).exists();
        }
    }

    @Test
    void a_directory_that_others_may_enter_is_refused_and_left_as_it_is() throws Exception {
        Files.createDirectories(socket.getParent());
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> serve(ECHO)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
            assertThat(e.fix()).isEqualTo("chmod 700 " + socket.getParent());
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void a_name_longer_than_the_kernel_takes_is_a_clear_error() {
        socket = temp.resolve("n".repeat(120));
        assertThatThrownBy(() -> serve(ECHO))
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        e -> assertThat(e.render()).contains("103 bytes").contains("--home"));
    }

    @Test
    void clients_beyond_the_limit_are_told_so() throws Exception {
        serve(ECHO, new LocalLimits(2, 1 << 20, 1 << 20));
        LocalClient first = client();
        LocalClient second = client();
        assertThat(first.call(Call.of("a", JsonObject.of()), CallContext.quiet())
                        .exitCode())
                .isZero();
        assertThat(second.call(Call.of("a", JsonObject.of()), CallContext.quiet())
                        .exitCode())
                .isZero();
        assertThat(client().call(new Call("a", JsonObject.of(), new byte[500_000]), CallContext.quiet()))
                .isInstanceOfSatisfying(
                        Reply.Failed.class, failed -> assertThat(failed.code()).isEqualTo("MF-5003"));
        first.close();
        // The place is free once the server has noticed; that takes no more than a moment.
        Reply reply = null;
        for (int i = 0; i < 200 && !(reply instanceof Reply.Done); i++) {
            reply = client().call(Call.of("a", JsonObject.of()), CallContext.quiet());
            Thread.sleep(5);
        }
        assertThat(reply).isInstanceOf(Reply.Done.class);
    }

    @Test
    void a_reply_beyond_the_limit_is_a_failure_not_a_broken_connection() throws Exception {
        serve((_, _) -> new Reply.Done(0, new JsonString("x".repeat(5000))), new LocalLimits(2, 4096, 4096));
        assertThat(client().call(Call.of("a", JsonObject.of()), CallContext.quiet()))
                .isInstanceOfSatisfying(
                        Reply.Failed.class, failed -> assertThat(failed.code()).isEqualTo("MF-5002"));
    }

    @Test
    void a_call_beyond_the_limit_is_refused_on_either_side() throws Exception {
        serve(ECHO, new LocalLimits(8, 4096, 4096));
        LocalClient strict =
                LocalClient.connect(socket, new LocalLimits(1, 4096, 4096)).orElseThrow();
        open.add(strict);
        Call large = new Call("a", JsonObject.of(), new byte[300_000]);
        assertThatThrownBy(() -> strict.call(large, CallContext.quiet())).hasMessageContaining("MF-2002");
        assertThat(client().call(large, CallContext.quiet()))
                .isInstanceOfSatisfying(
                        Reply.Failed.class, failed -> assertThat(failed.why()).contains("4096"));
    }

    @Test
    void nonsense_is_answered_with_a_protocol_failure_and_others_are_unharmed() throws Exception {
        serve(ECHO);
        List<byte[]> hostile = List.of(
                frame(9, new byte[3]),
                frame(3, new byte[3]),
                frame(1, new byte[0]),
                frame(1, new byte[] {2, 0, 0, 0, 0}),
                frame(1, new byte[] {1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}),
                frame(1, head("{\"operation\":\"a\"}")),
                frame(1, head("{\"operation\":\"A B\",\"parameters\":{}}")),
                frame(1, head("{\"operation\":\"a\",\"parameters\":[]}")),
                frame(1, head("[]")),
                frame(1, head("{\"operation\":\"a\",\"operation\":\"b\",\"parameters\":{}}")),
                new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1});
        for (byte[] bytes : hostile) {
            SocketChannel channel = raw();
            channel.write(ByteBuffer.wrap(bytes));
            FrameChannel frames = new FrameChannel(channel);
            assertThat(Wire.failed(frames.read(4096).orElseThrow()))
                    .isInstanceOfSatisfying(
                            Reply.Failed.class,
                            failed -> assertThat(failed.code()).isEqualTo("MF-5002"));
            // Unread bytes on the other side turn the end of the stream into a reset (unix(7)).
            assertThat(ended(frames)).isTrue();
        }
        assertThat(client().call(Call.of("a", JsonObject.of()), CallContext.quiet())
                        .exitCode())
                .isZero();
    }

    @Test
    void a_second_call_before_the_reply_ends_the_connection_and_the_first_call() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        serve((_, _) -> {
            started.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            throw new AssertionError("not interrupted");
        });
        FrameChannel frames = new FrameChannel(raw());
        frames.write(Wire.call(Call.of("a", JsonObject.of())));
        started.await();
        frames.write(Wire.call(Call.of("b", JsonObject.of())));
        assertThat(((Reply.Failed) Wire.failed(frames.read(4096).orElseThrow())).why())
                .contains("second call");
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_service_that_dies_during_a_call_is_a_failure_the_caller_can_act_on() throws Exception {
        Files.createDirectories(
                socket.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel dying = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dying.bind(UnixDomainSocketAddress.of(socket));
            LocalClient client = client();
            dying.accept().close();
            assertThatThrownBy(() -> client.call(Call.of("a", JsonObject.of()), CallContext.quiet()))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_UNREACHABLE));
        }
    }

    private static boolean ended(FrameChannel frames) {
        try {
            return frames.read(4096).isEmpty();
        } catch (IOException e) {
            return e.getMessage().equals("Connection reset");
        }
    }

    private static byte[] frame(int type, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .put((byte) type)
                .put(payload)
                .array();
    }

    private static byte[] head(String json) {
        return ByteBuffer.allocate(5 + json.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .putInt(json.length())
                .put(json.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .array();
    }

    private record Recorder(List<String> lines) implements CallContext {
        @Override
        public void progress(String line) {
            lines.add(line);
        }

        @Override
        public boolean cancelled() {
            return false;
        }
    }
}
