package dev.mayfly.env.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.view.Stack;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a view below makes an image sooner, and never another one. */
class PlacementTest {
    @TempDir
    Path folder;

    private TestPayloads payloads;

    @BeforeEach
    void contentsInManyFiles() {
        // Each its own device, so that numbers of devices change whenever a file comes or goes.
        payloads = new TestPayloads(folder, false);
    }

    private Manifest layer(Random random) {
        List<Tree> below = new ArrayList<>();
        return Manifest.of(tree(random, 3, below), below);
    }

    private Tree tree(Random random, int depth, List<Tree> below) {
        List<Entry> entries = new ArrayList<>();
        for (String text : List.of("a", "b", "c", "d", "e")) {
            RawName name = RawName.of(text);
            int kind = random.nextInt(8);
            if (kind == 0) {
                entries.add(Entry.mask(name));
            } else if (kind < 4) {
                byte[] content = new byte[1 + random.nextInt(9000)];
                random.nextBytes(content);
                entries.add(Entry.blob(name, FileMode.REGULAR | 0644, payloads.put(content), content.length));
            } else if (kind < 7 && depth > 0) {
                Tree tree = tree(random, depth - 1, below);
                below.add(tree);
                entries.add(Entry.tree(name, FileMode.DIRECTORY | 0755, tree.digest()));
            }
        }
        return Tree.of(entries);
    }

    private Placement placed(View view, Optional<Placement> below) {
        return new Placement(view, Contents.of(payloads), ErofsOptions.DEFAULT, below);
    }

    @Test
    void a_view_over_another_one_has_the_image_that_it_has_by_itself() {
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<Manifest> layers = new ArrayList<>(List.of(layer(random)));
            View view = Stack.view(layers);
            Placement below = placed(view, Optional.empty());
            for (int i = 0; i < 3; i++) {
                layers.add(layer(random));
                view = Stack.over(view, layers.getLast());
                Placement sooner = placed(view, Optional.of(below));
                Placement whole = placed(Stack.view(layers), Optional.empty());

                assertThat(sooner.key()).as("seed %d", seed).isEqualTo(whole.key());
                assertThat(sooner.devices()).as("seed %d", seed).isEqualTo(whole.devices());
                assertThat(ImageWriter.write(sooner)).as("seed %d", seed).isEqualTo(ImageWriter.write(whole));
                below = sooner;
            }
        }
    }

    @Test
    void contents_that_are_not_where_they_were_are_looked_for_again() throws IOException {
        Random random = new Random(3);
        Manifest base = layer(random);
        View below = Stack.view(List.of(base));
        Placement before = placed(below, Optional.empty());
        View view = Stack.over(below, layer(random));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        TestPayloads moved = new TestPayloads(elsewhere, false);
        for (int i = 0; i < view.count(); i++) {
            if (view.isRegular(i)) {
                moved.put(payloads.content(view.object(i)));
            }
        }
        Files.delete(before.devices().getFirst().file());

        Placement after = new Placement(view, Contents.of(moved), ErofsOptions.DEFAULT, Optional.of(before));
        assertThat(after.devices()).allSatisfy(each -> assertThat(each.file()).startsWith(elsewhere));
    }

    @Test
    void a_view_of_other_options_or_over_another_view_takes_nothing_over() {
        Random random = new Random(4);
        View below = Stack.view(List.of(layer(random)));
        View stranger = Stack.view(List.of(layer(random)));
        View view = Stack.over(below, layer(random));
        Placement whole = placed(view, Optional.empty());
        ErofsOptions owned = new ErofsOptions(1000, 0, 0, 0);
        Placement ofOwned = new Placement(below, Contents.of(payloads), owned);

        assertThat(placed(view, Optional.of(placed(stranger, Optional.empty()))).key())
                .isEqualTo(whole.key());
        assertThat(placed(view, Optional.of(ofOwned)).key()).isEqualTo(whole.key());
    }
}
