package dev.mayfly.env.repo.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.sync.Check;
import dev.mayfly.env.sync.CheckReport;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.Wanted;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.s3.Line;
import dev.mayfly.testkit.s3.S3Server;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What only a real store shows. */
class S3StoreTest {
    private static final TagName A = TagName.parse("graph/a");
    private static final List<Wanted> ALL = List.of(Wanted.history(A), Wanted.history(TagName.parse("graph/b")));

    @TempDir
    Path temp;

    private final List<AutoCloseable> open = new ArrayList<>();
    private S3Server server;
    private S3Options options;

    @BeforeEach
    void start() throws IOException {
        server = S3Server.start(Needs.s3Server(), temp);
        open.add(server);
        options = Stores.options(temp);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private Repository repository(String prefix) {
        S3Address address = Stores.at(server.port(), prefix);
        S3Repository.init(address, options, Stores.key());
        Repository repository = S3Repository.open(address, options, Stores.key());
        open.add(repository);
        return repository;
    }

    private S3Client client() {
        S3Client client = Clients.make(Stores.at(server.port(), ""), options, Stores.key());
        open.add(client);
        return client;
    }

    private static void copy(Repository from, Repository to) {
        new Copier(CopyOptions.USUAL, CopyListener.none()).copy(from, to, ALL);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] read(Repository repository, Digest digest) throws IOException {
        try (InputStream in = repository.payloads().find(digest).orElseThrow().open()) {
            return in.readAllBytes();
        }
    }

    @Test
    void graphs_come_out_equal_on_both_ways() {
        for (long seed = 1; seed <= 3; seed++) {
            MemoryRepository source = new MemoryRepository("source");
            new Graphs(seed).into(source);
            Repository store = repository("graphs-" + seed);
            copy(source, store);
            assertThat(new Check(4, true).run(store, Check.tagged(store)).faults())
                    .isEmpty();
            MemoryRepository back = new MemoryRepository("back");
            copy(store, back);
            assertThat(back.content()).as("seed %s", seed).isEqualTo(source.content());
            assertThat(back.tags().history(A)).isEqualTo(source.tags().history(A));
        }
    }

    @Test
    void what_was_damaged_or_lost_in_the_store_is_found_and_healed() {
        MemoryRepository source = new MemoryRepository("source");
        new Graphs(4).into(source);
        Repository store = repository("damaged");
        copy(source, store);
        List<String> keys = new ArrayList<>();
        S3Client client = client();
        client.listObjectsV2Paginator(list ->
                        list.bucket(S3Server.BUCKET).prefix("damaged/payloads/").maxKeys(2))
                .contents()
                .forEach(each -> keys.add(each.key()));
        assertThat(keys).hasSizeGreaterThan(3);
        client.putObject(
                put -> put.bucket(S3Server.BUCKET).key(keys.getFirst()), RequestBody.fromString("not what it was"));
        client.deleteObject(gone -> gone.bucket(S3Server.BUCKET).key(keys.getLast()));
        assertThat(new Check(4, true).run(store, Check.tagged(store)).faults()).hasSize(2);
        CheckReport healed = new Check(4, true).heal(store, source, Check.tagged(store));
        assertThat(healed.faults()).isEmpty();
        assertThat(healed.healed()).hasSize(2);
    }

    @Test
    void contents_larger_than_a_part_and_a_piece_come_back_as_they_went_in() throws IOException {
        Repository store = repository("large");
        List<byte[]> contents = List.of(
                bytes(5 * Stores.MIB), bytes(5 * Stores.MIB + 1), bytes(10 * Stores.MIB), bytes(12 * Stores.MIB + 7));
        try (Ingest ingest = store.ingest()) {
            for (byte[] each : contents) {
                ingest.payload(new ByteArrayInputStream(each));
            }
            ingest.publish();
        }
        for (byte[] each : contents) {
            assertThat(read(store, Digest.of(each))).isEqualTo(each);
        }
        assertThat(client().listMultipartUploads(list -> list.bucket(S3Server.BUCKET))
                        .uploads())
                .isEmpty();
    }

    @Test
    void an_upload_whose_process_is_killed_halfway_is_gone_on_with() throws Exception {
        byte[] content = bytes(23 * Stores.MIB);
        Digest digest = Digest.of(content);
        Path file = Files.write(temp.resolve("content"), content);
        Repository store = repository("killed");
        try (Line line = Line.to(server.port(), 13L * Stores.MIB)) {
            Process upload = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledUpload.class.getName(),
                            Integer.toString(line.port()),
                            "killed",
                            file.toString(),
                            temp.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(temp.resolve("killed.log").toFile())
                    .start();
            try {
                assertThat(line.awaitSilence(60))
                        .as(() -> "it sent its half: " + log(temp.resolve("killed.log")))
                        .isTrue();
            } finally {
                upload.destroyForcibly();
                upload.waitFor();
            }
        }
        assertThat(store.payloads().has(digest)).as("half a content").isFalse();
        try (Stream<Path> left = Files.list(temp.resolve("spool"))) {
            assertThat(left).as("what the dead one left on this machine").isEmpty();
        }
        try (Line line = Line.to(server.port(), Long.MAX_VALUE);
                Repository again = S3Repository.open(Stores.at(line.port(), "killed"), options, Stores.key())) {
            try (Ingest ingest = again.ingest()) {
                ingest.payload(digest, new ByteArrayInputStream(content));
                ingest.publish();
            }
            assertThat(line.sent()).as("bytes sent again").isBetween(1L, 14L * Stores.MIB);
        }
        assertThat(read(store, digest)).isEqualTo(content);
        assertThat(client().listMultipartUploads(list -> list.bucket(S3Server.BUCKET))
                        .uploads())
                .as("uploads that nobody ended")
                .isEmpty();
    }

    private static String log(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void a_repository_is_missing_before_it_is_made_and_not_made_over_another() {
        S3Address address = Stores.at(server.port(), "once");
        fails(ErrorCode.REPOSITORY_MISSING, () -> S3Repository.open(address, options, Stores.key()));
        S3Repository.init(address, options, Stores.key());
        S3Repository.init(address, options, Stores.key());
        try (Repository made = S3Repository.open(address, options, Stores.key())) {
            made.tags().push(A, Digest.EMPTY, "somebody@somewhere");
        }
        fails(ErrorCode.REPOSITORY_UNSUITABLE, () -> S3Repository.init(address, options, Stores.key()));
    }

    @Test
    void a_bucket_that_is_not_there_is_said_so() {
        S3Address address = new S3Address(
                "no-such-bucket", "", Stores.at(server.port(), "").endpoint(), java.util.Optional.of("us-east-1"));
        fails(ErrorCode.REPOSITORY_MISSING, () -> S3Repository.init(address, options, Stores.key()));
        fails(ErrorCode.REPOSITORY_MISSING, () -> S3Repository.open(address, options, Stores.key()));
    }

    @Test
    void a_key_that_the_store_does_not_know_is_refused_and_not_repeated() {
        Needs.that(server.knowsWhoAsks(), "versitygw", "gofakes3 lets everybody in");
        assertThatThrownBy(() -> S3Repository.init(Stores.at(server.port(), "x"), options, Stores.key("guess")))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_UNSUITABLE);
                    assertThat(e.what() + e.why() + e.fix()).doesNotContain("guess");
                });
    }

    private static void fails(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
