package dev.mayfly.env.repo.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.sync.Check;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Processes that write to one repository at once, and that are killed while they do; {@code -Dmayfly.env.kills=30} kills
 * more of them.
 */
class ProcessesTest {
    private static final TagName NAME = TagName.parse("busy/stream");
    private static final int PUSHES = 500;
    /** More than a child makes before it is killed, and an end for one that nobody kills. */
    private static final int COMMITS = 10_000;

    private static final int KILLS = Integer.getInteger("mayfly.env.kills", 5);

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private final List<Process> children = new ArrayList<>();

    @BeforeEach
    void onLinux() {
        Needs.linux();
    }

    @AfterEach
    void noChildStays() throws InterruptedException {
        for (Process each : children) {
            each.destroyForcibly().waitFor();
        }
    }

    private Process start(Path root, String what, int count, String name) throws IOException {
        Process child = Child.start(root, what, NAME.toString(), count, output(name));
        children.add(child);
        return child;
    }

    private Path output(String name) {
        return folder.resolve(name + ".out");
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void of_a_thousand_tags_that_two_processes_push_at_once_none_is_lost(Keeping keeping) throws Exception {
        Path root = folder.resolve("repository");
        FsRepository.init(root, keeping);
        Process one = start(root, "push", PUSHES, "one");
        Process other = start(root, "push", PUSHES, "other");
        assertThat(one.waitFor()).as(Files.readString(output("one"))).isZero();
        assertThat(other.waitFor()).as(Files.readString(output("other"))).isZero();
        Set<Digest> expected = new HashSet<>();
        for (int i = 0; i < PUSHES; i++) {
            expected.add(Child.target(one.pid(), i));
            expected.add(Child.target(other.pid(), i));
        }
        try (FsRepository repository = FsRepository.open(root)) {
            List<Tag> history = repository.tags().history(NAME);
            assertThat(history).hasSize(2 * PUSHES);
            assertThat(history.stream().map(Tag::target)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(repository.tags().find(NAME)).contains(history.getFirst());
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void a_process_that_is_killed_loses_nothing_that_a_tag_names_and_leaves_nothing_behind(Keeping keeping)
            throws Exception {
        Path root = folder.resolve("repository");
        FsRepository.init(root, keeping);
        Random random = new Random(1);
        int before = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = start(root, "commit", COMMITS, "child");
            awaitWork(root, before, child);
            TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
            child.destroyForcibly().waitFor();
            try (FsRepository repository = FsRepository.open(root)) {
                int now = repository.tags().history(NAME).size();
                assertThat(now).as("tags after kill %d", kill).isGreaterThan(before);
                before = now;
                assertThat(new Check(1, true)
                                .run(repository, Check.tagged(repository))
                                .faults())
                        .as("kill %d", kill)
                        .isEmpty();
                try (Stream<Path> left = Files.list(repository.layout().ingests())) {
                    assertThat(left.filter(
                                    each -> !each.getFileName().toString().startsWith(".new")))
                            .isEmpty();
                }
            }
        }
    }

    /** Until the child has made a tag, so that each kill meets it at work. */
    private static void awaitWork(Path root, int before, Process child) throws Exception {
        try (FsRepository repository = FsRepository.open(root)) {
            while (repository.tags().history(NAME).size() <= before) {
                assertThat(child.isAlive()).isTrue();
                Thread.sleep(5);
            }
        }
    }
}
