package dev.mayfly.env.repo.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.gc.Collector;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.fs.Opening;
import dev.mayfly.env.server.RepositoryServer;
import dev.mayfly.env.server.ServerLimits;
import dev.mayfly.env.sync.Check;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.Wanted;
import dev.mayfly.rpc.Tls;
import dev.mayfly.testkit.Needs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Garbage is collected at a server, without any grace, between the calls of a client that a seed says; {@code
 * -Dmayfly.gc.seeds=200} plays more of them.
 */
class RemoteLeaseTest {
    private static final long SEEDS = Math.min(200, Long.getLong("mayfly.gc.seeds", 6));
    private static final TagName A = TagName.parse("graph/a");
    private static final TagName B = TagName.parse("graph/b");

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @BeforeEach
    void onLinux() {
        Needs.linux();
    }

    /** A repository that others serve, in which nothing is ever young. */
    private FsRepository made(Keeping keeping, long seed) {
        Path root = folder.resolve(keeping.word() + seed);
        FsRepository.init(root, keeping);
        return FsRepository.open(root, Opening.usual().with(Clock.offset(Clock.systemUTC(), Duration.ofHours(1))));
    }

    private static void collect(FsRepository repository) {
        try {
            new Collector(repository, Duration.ZERO, List::of).run();
        } catch (MayflyException e) {
            // Another thread of the client was as far.
            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
        }
    }

    private interface Client {
        void use(Repository remote);
    }

    private static void serve(FsRepository repository, Client client) {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (RepositoryServer server =
                        RepositoryServer.start(repository, loopback, Optional.empty(), Tls.NONE, ServerLimits.USUAL);
                Repository remote = RemoteRepository.connect("127.0.0.1", server.port(), RemoteOptions.USUAL)) {
            client.use(remote);
        }
    }

    private static void assertWhole(FsRepository repository, long seed) {
        assertThat(new Check(1, true).run(repository, Check.tagged(repository)).faults())
                .as("seed %d", seed)
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void what_a_copy_finds_at_the_server_is_there_when_its_tags_are(Keeping keeping) {
        for (long seed = 0; seed < SEEDS; seed++) {
            MemoryRepository source = new MemoryRepository("source");
            new Graphs(seed).into(source);
            Random random = new Random(seed);
            try (FsRepository served = made(keeping, seed)) {
                new Graphs(seed).into(served);
                // From now on all of it is garbage, or all but one layer.
                served.tags().removeAll(A);
                if (random.nextBoolean()) {
                    served.tags().removeAll(B);
                }
                Runnable meanwhile = () -> {
                    int collections;
                    synchronized (random) {
                        collections = random.nextInt(4) == 0 ? 2 : 0;
                    }
                    for (int i = 0; i < collections; i++) {
                        collect(served);
                    }
                };
                serve(
                        served,
                        remote -> new Copier(new CopyOptions(1, 1, CopyOptions.Existing.TRUST), CopyListener.none())
                                .copy(
                                        source,
                                        between(Repository.class, remote, meanwhile),
                                        List.of(Wanted.history(A), Wanted.history(B))));
                assertThat(served.tags().history(A)).isEqualTo(source.tags().history(A));
                assertWhole(served, seed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void what_a_session_keeps_stays_until_it_is_closed(Keeping keeping) {
        for (long seed = 0; seed < SEEDS; seed++) {
            try (FsRepository served = made(keeping, 1000 + seed)) {
                Digest top = new Graphs(seed).into(served);
                served.tags().removeAll(A);
                served.tags().removeAll(B);
                List<Digest> payloads = new ArrayList<>();
                served.payloads().each(payloads::add);
                serve(served, remote -> {
                    try (Ingest ingest = remote.ingest()) {
                        assertThat(ingest.keepsObject(top)).isTrue();
                        assertThat(payloads).allMatch(ingest::keepsPayload);
                        collect(served);
                        collect(served);
                        assertThat(payloads).allMatch(served.payloads()::has);
                        remote.tags().push(A, top, "somebody@somewhere");
                    }
                });
                collect(served);
                collect(served);
                assertThat(served.objects().has(top)).isTrue();
                assertWhole(served, seed);
                served.tags().removeAll(A);
                collect(served);
                collect(served);
                assertThat(served.objects().has(top))
                        .as("seed %d, nobody keeps it", seed)
                        .isFalse();
            }
        }
    }

    /** Does something before and after each call, also of what calls give out. */
    private static <T> T between(Class<T> type, T to, Runnable meanwhile) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    meanwhile.run();
                    try {
                        Object answer = method.invoke(to, arguments);
                        meanwhile.run();
                        return switch (answer) {
                            case Ingest ingest -> between(Ingest.class, ingest, meanwhile);
                            case Tags tags -> between(Tags.class, tags, meanwhile);
                            case Objects objects -> between(Objects.class, objects, meanwhile);
                            case Payloads payloads -> between(Payloads.class, payloads, meanwhile);
                            case null, default -> answer;
                        };
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                }));
    }
}
