package dev.mayfly.env.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.edit.Change;
import dev.mayfly.env.edit.Diff;
import dev.mayfly.env.edit.FolderScan;
import dev.mayfly.env.edit.MemoryIngest;
import dev.mayfly.env.edit.Reset;
import dev.mayfly.env.edit.ScanOptions;
import dev.mayfly.env.edit.UpperScan;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.view.Stack;
import dev.mayfly.env.view.View;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a layer made of an overlay shows must be what the overlay showed: random changes are made in the mount, and the stack
 * of view and new layer is compared with a scan of the mount.
 */
@Timeout(1800)
class EditTest {
    @TempDir
    Path folder;

    private final MemoryIngest ingest = new MemoryIngest();
    private Stage stage;
    private Leaks leaks;

    @BeforeEach
    void setTheStage() throws IOException {
        stage = new Stage(folder);
        leaks = Leaks.snapshot(folder.getFileName().toString());
    }

    private Manifest scan(Path path) {
        return FolderScan.scan(path, ingest, ScanOptions.plain()).manifest();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_layer_of_random_changes_shows_what_the_mount_showed(boolean ownUserNamespace) throws Exception {
        int operations = Integer.getInteger("mayfly.edits", 3_000);
        long seed = Long.getLong("mayfly.seed", 1);
        Random random = new Random(seed);
        RandomEdits edits = new RandomEdits(random);
        edits.make(stage.view, 200);
        Manifest base = scan(stage.view);
        View lower = Stack.view(List.of(base));
        Running running = stage.runtimes.run(
                inNamespace(stage.shell("edit", Stage.memory(), "echo up; read x"), ownUserNamespace), Streams.piped());
        assertThat(running.process().inputReader().readLine()).isEqualTo("up");
        Path mount = running.keeper().inside(stage.target);
        Path upper = stage.runtimes.upper(new RuntimeId("edit")).orElseThrow();

        for (int done = 0; done < operations; done += 250) {
            edits.make(mount, 250);
            View shown = Stack.view(List.of(scan(mount)));
            Manifest layer = UpperScan.scan(upper, () -> lower, ownUserNamespace, ingest, ScanOptions.plain())
                    .manifest();
            View committed = Stack.view(List.of(base, layer));
            assertThat(Diff.between(shown, committed))
                    .as("seed %d after %d", seed, done)
                    .isEmpty();
            assertThat(Diff.of(lower, layer)).containsExactlyInAnyOrderElementsOf(Diff.between(lower, shown));
            Manifest minimal = UpperScan.scan(
                            upper,
                            () -> lower,
                            ownUserNamespace,
                            ingest,
                            ScanOptions.plain().leavingOutWhatIsSame())
                    .manifest();
            assertThat(Diff.between(shown, Stack.view(List.of(base, minimal)))).isEmpty();
        }
        assertThat(edits.done()).isGreaterThanOrEqualTo(operations);
        Stage.finish(running);
        stage.awaitEnd("edit");
        leaks.assertUnchanged();
    }

    private static RunRequest inNamespace(RunRequest request, boolean own) {
        return new RunRequest(
                request.id(),
                request.stack(),
                request.layers(),
                request.frontEnd(),
                request.view(),
                request.target(),
                request.editing(),
                request.binds(),
                own,
                request.command());
    }

    @Test
    void removed_and_made_again_a_folder_has_nothing_of_the_old_one() throws Exception {
        Files.createDirectories(stage.view.resolve("d/sub"));
        Files.writeString(stage.view.resolve("d/old"), "old");
        Manifest base = scan(stage.view);
        Running running = stage.runtimes.run(
                stage.shell("again", Stage.memory(), "rm -r $T/d; mkdir $T/d; echo new >$T/d/new; echo up; read x"),
                Streams.piped());
        assertThat(running.process().inputReader().readLine()).isEqualTo("up");

        Manifest layer = UpperScan.scan(
                        stage.runtimes.upper(new RuntimeId("again")).orElseThrow(),
                        () -> Stack.view(List.of(base)),
                        false,
                        ingest,
                        ScanOptions.plain())
                .manifest();
        assertThat(Diff.of(Stack.view(List.of(base)), layer))
                .extracting(change -> change.kind() + " " + change.text())
                .containsExactly("ADDED /d/new", "REMOVED /d/old", "REMOVED /d/sub");
        Stage.finish(running);
        stage.awaitEnd("again");
        leaks.assertUnchanged();
    }

    @Test
    void changes_that_are_taken_back_are_gone_for_processes_and_for_the_next_layer() throws Exception {
        RandomEdits edits = new RandomEdits(new Random(11));
        edits.make(stage.view, 200);
        Manifest base = scan(stage.view);
        View lower = Stack.view(List.of(base));
        Running running = stage.runtimes.run(stage.shell("back", Stage.memory(), "echo up; read x"), Streams.piped());
        assertThat(running.process().inputReader().readLine()).isEqualTo("up");
        Path mount = running.keeper().inside(stage.target);
        Path upper = stage.runtimes.upper(new RuntimeId("back")).orElseThrow();
        Reset reset = new Reset(lower, ingest.stored());

        for (int round = 0; round < 5; round++) {
            edits.make(mount, 300);
            List<Change> changes = Diff.between(lower, Stack.view(List.of(scan(mount))));
            List<Change> some = Reset.select(changes, List.of("a*", "/?/b/**"));
            assertThat(some).isNotEmpty().hasSizeLessThan(changes.size());
            reset.apply(mount, Reset.select(changes, List.of("/a")));
            assertThat(Diff.between(lower, Stack.view(List.of(scan(mount)))))
                    .containsExactlyElementsOf(changes.stream()
                            .filter(change -> !(change.text() + "/").startsWith("/a/"))
                            .toList());
            reset.apply(mount, Diff.between(lower, Stack.view(List.of(scan(mount)))));
            assertThat(Diff.between(lower, Stack.view(List.of(scan(mount))))).isEmpty();
            assertThat(UpperScan.scan(
                                    upper,
                                    () -> lower,
                                    false,
                                    ingest,
                                    ScanOptions.plain().leavingOutWhatIsSame())
                            .isEmpty())
                    .isTrue();
        }
        Stage.finish(running);
        stage.awaitEnd("back");
        leaks.assertUnchanged();
    }
}
