package dev.mayfly.env.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.layered.FallbackRepository;
import dev.mayfly.env.repo.layered.PinnedRepository;
import dev.mayfly.env.repo.layered.ProxyRepository;
import dev.mayfly.env.repo.layered.RepairListener;
import dev.mayfly.env.repo.remote.RemoteOptions;
import dev.mayfly.env.repo.remote.RemoteRepository;
import dev.mayfly.env.repo.tar.TarExport;
import dev.mayfly.env.repo.tar.TarImport;
import dev.mayfly.env.repo.tar.TarLimits;
import dev.mayfly.env.server.RepositoryServer;
import dev.mayfly.env.server.ServerLimits;
import dev.mayfly.rpc.Tls;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EveryKindTest {
    private static final TagName A = TagName.parse("graph/a");
    private static final List<Wanted> ALL = List.of(Wanted.history(A));

    @TempDir
    Path temp;

    @BeforeEach
    void foldersNeedLinux() {
        Needs.linux();
    }

    private FsRepository folder(String name, Keeping keeping) {
        Path root = temp.resolve(name);
        FsRepository.init(root, keeping);
        return FsRepository.open(root);
    }

    private static void copy(Repository from, Repository to) {
        new Copier(CopyOptions.USUAL, CopyListener.none()).copy(from, to, ALL);
    }

    private static Set<Digest> payloads(Repository repository) {
        Set<Digest> found = new TreeSet<>();
        repository.payloads().each(found::add);
        return found;
    }

    /** A deep check reads every byte, so what it finds whole and of the same digests is the same. */
    private static void requireSame(Repository copy, Repository original) {
        assertThat(copy.tags().history(A)).isEqualTo(original.tags().history(A));
        assertThat(payloads(copy)).isEqualTo(payloads(original));
        original.objects()
                .each(digest -> assertThat(
                                copy.objects().has(digest) || copy.payloads().has(digest))
                        .isTrue());
        assertThat(new Check(4, true).run(copy, Check.tagged(copy)).faults()).isEmpty();
    }

    @Test
    void a_graph_that_went_through_every_kind_of_repository_is_the_same() {
        for (long seed = 1; seed <= 3; seed++) {
            MemoryRepository source = new MemoryRepository("source");
            new Graphs(seed).into(source);
            try (FsRepository files = folder("files" + seed, Keeping.FILES);
                    FsRepository packs = folder("packs" + seed, Keeping.PACKS);
                    FsRepository unpacked = folder("unpacked" + seed, Keeping.FILES);
                    RepositoryServer server = RepositoryServer.start(
                            packs,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            Optional.empty(),
                            Tls.NONE,
                            ServerLimits.USUAL);
                    Repository remote = RemoteRepository.connect("127.0.0.1", server.port(), RemoteOptions.USUAL)) {
                copy(source, files);
                requireSame(files, source);
                copy(files, remote);
                requireSame(packs, source);
                Path tar = temp.resolve(seed + ".tar");
                new TarExport(remote, CopyOptions.USUAL).replace(tar, ALL);
                new TarImport(unpacked, TarLimits.USUAL).read(tar);
                requireSame(unpacked, source);
                MemoryRepository near = new MemoryRepository("near");
                Repository proxy =
                        new ProxyRepository(near, List.of(new PinnedRepository(unpacked, Instant.MAX), files), true);
                Repository fallback = new FallbackRepository(near, List.of(unpacked), RepairListener.none());
                MemoryRepository last = new MemoryRepository("last");
                copy(proxy, last);
                requireSame(last, source);
                near.tags().insert(source.tags().history(A).reversed());
                copy(fallback, new MemoryRepository("nowhere"));
                requireSame(near, source);
            }
        }
    }

    @Test
    void a_copy_that_is_killed_leaves_no_tag_and_no_damage_and_the_next_one_ends_it() throws Exception {
        for (Keeping keeping : Keeping.values()) {
            try (FsRepository from = folder("from-" + keeping, Keeping.FILES)) {
                new Graphs(11).into(from);
                for (int payloads = 1; payloads <= 9; payloads += 4) {
                    String name = "to-" + keeping + payloads;
                    folder(name, keeping).close();
                    killAfter(payloads, from.address(), name);
                    try (FsRepository to = FsRepository.open(temp.resolve(name))) {
                        assertThat(new Check(4, true).run(to, Check.tagged(to)).faults())
                                .isEmpty();
                        copy(from, to);
                        requireSame(to, from);
                    }
                }
            }
        }
    }

    private void killAfter(int steps, String from, String to) throws IOException, InterruptedException {
        Process copy = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledCopy.class.getName(),
                        from,
                        temp.resolve(to).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream said = copy.getInputStream()) {
            assertThat(said.readNBytes(steps)).as("the copy began").hasSize(steps);
        } finally {
            copy.destroyForcibly();
            copy.waitFor();
        }
    }
}
