package dev.mayfly.bench.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTreeTest {
    @TempDir
    Path folder;

    @Test
    void a_hundred_thousand_files_are_about_a_gigabyte_in_six_thousand_folders() {
        SampleTree tree = SampleTree.of(100_000, 1);

        assertThat(tree.folders()).isEqualTo(6000);
        assertThat(new HashSet<>(tree.all())).hasSize(100_000);
        long bytes = IntStream.range(0, tree.files()).mapToLong(tree::size).sum();
        assertThat(bytes).isBetween(900_000_000L, 1_100_000_000L);
    }

    @Test
    void the_tree_is_on_disk_as_it_says_and_another_seed_gives_other_contents() throws Exception {
        SampleTree tree = SampleTree.of(200, 1);
        long bytes = tree.write(folder.resolve("one"));
        new SampleTree(200, tree.folders(), 2).write(folder.resolve("two"));

        long found = 0;
        for (int i = 0; i < 200; i++) {
            Path file = folder.resolve("one").resolve(tree.file(i));
            assertThat(file).hasSize(tree.size(i));
            assertThat(Files.mismatch(file, folder.resolve("two").resolve(tree.file(i))))
                    .isNotEqualTo(-1);
            found += Files.size(file);
        }
        assertThat(found).isEqualTo(bytes);
    }

    @Test
    void a_layer_adds_as_many_files_as_it_should_to_folders_that_are_there() throws Exception {
        SampleTree tree = SampleTree.of(1000, 1);
        tree.write(folder);
        tree.writeLayer(folder, 100, 7);

        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1100);
        }
    }
}
