package dev.mayfly.env.repo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.server.RepositoryServer;
import dev.mayfly.env.server.ServerLimits;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.CopyProgress;
import dev.mayfly.env.sync.Wanted;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.proto.env.Piece;
import dev.mayfly.rpc.Tls;
import dev.mayfly.testkit.Certificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteTest {
    private static final TagName A = TagName.parse("graph/a");
    private static final TagName B = TagName.parse("graph/b");
    private static final List<Wanted> ALL = List.of(Wanted.history(A), Wanted.history(B));

    private final MemoryRepository served = new MemoryRepository("served");
    private final MemoryRepository local = new MemoryRepository("local");
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private RepositoryServer serve(Optional<Token> token, ServerLimits limits) {
        return serve(token, Tls.NONE, limits);
    }

    private RepositoryServer serve(Optional<Token> token, Tls tls, ServerLimits limits) {
        RepositoryServer server = RepositoryServer.start(
                served, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), token, tls, limits);
        open.add(server);
        return server;
    }

    private Repository connect(RepositoryServer server) {
        Repository remote = RemoteRepository.connect("127.0.0.1", server.port(), RemoteOptions.USUAL);
        open.add(remote);
        return remote;
    }

    private static RemoteOptions saying(String token) {
        return RemoteOptions.USUAL.with(Optional.of(new Token(token)), Tls.NONE);
    }

    private static CopyProgress copy(Repository from, Repository to, CopyListener listener) {
        return new Copier(CopyOptions.USUAL, listener).copy(from, to, ALL).total();
    }

    private static void fails(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void graphs_come_out_equal_on_both_ways() {
        Repository remote = connect(serve(Optional.empty(), ServerLimits.USUAL));
        for (long seed = 1; seed <= 5; seed++) {
            MemoryRepository source = new MemoryRepository("source");
            new Graphs(seed).into(source);
            served.tags().removeAll(A);
            served.tags().removeAll(B);
            copy(source, remote, CopyListener.none());
            MemoryRepository back = new MemoryRepository("back");
            copy(remote, back, CopyListener.none());
            assertThat(back.content()).as("seed %s", seed).isEqualTo(source.content());
            assertThat(back.tags().history(A)).isEqualTo(source.tags().history(A));
            assertThat(served.tags().history(B)).isEqualTo(source.tags().history(B));
        }
    }

    @Test
    void a_server_that_dies_within_a_copy_keeps_nothing_of_it_and_the_next_copy_succeeds() {
        new Graphs(2).into(local);
        RepositoryServer dying = serve(Optional.empty(), ServerLimits.USUAL);
        Repository remote = connect(dying);
        AtomicBoolean killed = new AtomicBoolean();
        assertThatThrownBy(() -> copy(local, remote, progress -> {
                    if (progress.payloadsCopied() > 0 && killed.compareAndSet(false, true)) {
                        dying.close();
                    }
                }))
                .isInstanceOf(MayflyException.class);
        assertThat(served.size()).isZero();
        assertThat(served.tags().history(A)).isEmpty();
        copy(local, connect(serve(Optional.empty(), ServerLimits.USUAL)), CopyListener.none());
        assertThat(served.content()).isEqualTo(local.content());
    }

    @Test
    void damaged_content_of_a_server_never_arrives() {
        new Graphs(3).into(served);
        Digest damaged = served.content().get(1).keySet().iterator().next();
        served.damagePayload(damaged);
        Repository remote = connect(serve(Optional.empty(), ServerLimits.USUAL));
        assertThatThrownBy(() -> {
                    try (InputStream in =
                            remote.payloads().find(damaged).orElseThrow().open()) {
                        in.readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> copy(remote, local, CopyListener.none())).isInstanceOf(MayflyException.class);
        assertThat(local.size()).isZero();
    }

    @Test
    void pieces_that_lie_about_their_size_are_refused() {
        byte[] content = new byte[Pieces.SIZE];
        Piece honest = Pieces.of(content, content.length);
        assertThat(honest.getData().size()).isLessThan(1000);
        assertThat(Pieces.content(honest)).isEqualTo(content);
        for (int raw : new int[] {1, content.length - 1, content.length + 1, Pieces.MOST + 1, -1}) {
            Piece lie = honest.toBuilder().setRaw(raw).build();
            fails(ErrorCode.CONTENT_CORRUPT, () -> Pieces.content(lie));
        }
        Piece noise = Piece.newBuilder()
                .setData(ByteString.copyFromUtf8("noise"))
                .setRaw(10)
                .build();
        fails(ErrorCode.CONTENT_CORRUPT, () -> Pieces.content(noise));
    }

    @Test
    void a_token_lets_in_and_its_lack_does_not() {
        RepositoryServer server = serve(Optional.of(new Token("secret")), ServerLimits.USUAL);
        fails(
                ErrorCode.REPOSITORY_UNSUITABLE,
                () -> RemoteRepository.connect("127.0.0.1", server.port(), RemoteOptions.USUAL));
        fails(
                ErrorCode.REPOSITORY_UNSUITABLE,
                () -> RemoteRepository.connect("127.0.0.1", server.port(), saying("guess")));
        try (Repository remote = RemoteRepository.connect("127.0.0.1", server.port(), saying("secret"))) {
            assertThat(remote.objects().has(Digest.EMPTY)).isFalse();
        }
    }

    @Test
    void with_certificates_only_who_has_one_of_the_right_authority_reads_and_writes(@TempDir Path folder)
            throws IOException, InterruptedException {
        Certificates certificates = Certificates.make(folder, "server", "client");
        Optional<Path> authority = Optional.of(certificates.authority());
        RepositoryServer server = serve(
                Optional.empty(), new Tls(Optional.of(of(certificates, "server")), authority), ServerLimits.USUAL);
        try (Repository remote = RemoteRepository.connect(
                "127.0.0.1", server.port(), with(new Tls(Optional.of(of(certificates, "client")), authority)))) {
            new Graphs(4).into(local);
            copy(local, remote, CopyListener.none());
            assertThat(served.content()).isEqualTo(local.content());
        }
        Certificates strange = Certificates.make(folder.resolve("strange"), "client");
        for (Tls wrong : List.of(
                Tls.NONE,
                new Tls(Optional.empty(), authority),
                new Tls(Optional.of(of(strange, "client")), authority),
                new Tls(Optional.of(of(certificates, "client")), Optional.of(strange.authority())))) {
            fails(
                    ErrorCode.REMOTE_UNREACHABLE,
                    () -> RemoteRepository.connect("127.0.0.1", server.port(), with(wrong)));
        }
        Tls broken = new Tls(Optional.empty(), Optional.of(certificates.key("client")));
        fails(ErrorCode.CERTIFICATE_UNUSABLE, () -> RemoteRepository.connect("127.0.0.1", server.port(), with(broken)));
    }

    private static Tls.Own of(Certificates certificates, String name) {
        return new Tls.Own(certificates.certificate(name), certificates.key(name));
    }

    private static RemoteOptions with(Tls tls) {
        return RemoteOptions.USUAL.with(Optional.empty(), tls);
    }

    @Test
    void nobody_at_the_address_is_said_so() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        fails(ErrorCode.REMOTE_UNREACHABLE, () -> RemoteRepository.connect("127.0.0.1", port, RemoteOptions.USUAL));
    }

    @Test
    void what_is_too_large_and_too_many_sessions_are_refused() throws IOException {
        ServerLimits small = new ServerLimits(2, Duration.ofMinutes(1), 1000, 100_000, Duration.ofSeconds(10));
        Repository remote = connect(serve(Optional.empty(), small));
        try (Ingest one = remote.ingest();
                Ingest two = remote.ingest()) {
            fails(ErrorCode.SERVICE_BUSY, remote::ingest);
            fails(ErrorCode.REQUEST_TOO_LARGE, () -> one.payload(new ByteArrayInputStream(new byte[2_000_000])));
            assertThat(two.payload(new ByteArrayInputStream(new byte[100_000])).size())
                    .isEqualTo(100_000);
            two.publish();
        }
        try (Ingest three = remote.ingest()) {
            three.publish();
        }
        assertThat(served.size()).isEqualTo(1);
    }
}
