package dev.mayfly.env.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** One layer over a view against the same layers stacked from the ground. */
class OverlayTest {
    private static final String[] NAMES = {"a", "b", "c", "d", "e"};

    /** Files, links, folders and masks by chance, with few names, so that layers meet. */
    private static Manifest layer(Random random) {
        List<Tree> below = new ArrayList<>();
        return Manifest.of(tree(random, 3, below), below);
    }

    private static Tree tree(Random random, int depth, List<Tree> below) {
        List<Entry> entries = new ArrayList<>();
        for (String text : NAMES) {
            RawName name = RawName.of(text);
            int kind = random.nextInt(6);
            if (kind == 0) {
                entries.add(Entry.mask(name));
            } else if (kind == 1) {
                int type = random.nextBoolean() ? FileMode.REGULAR : FileMode.SYMLINK;
                int size = random.nextInt(3);
                entries.add(Entry.blob(name, type | 0600 | random.nextInt(8), Digest.of(new byte[size]), size));
            } else if (kind < 4 && depth > 0) {
                Tree tree = tree(random, depth - 1, below);
                below.add(tree);
                entries.add(Entry.tree(name, FileMode.DIRECTORY | 0700 | random.nextInt(8), tree.digest()));
            }
        }
        return Tree.of(entries);
    }

    /** All that can be asked of each node, by number: numbers are part of what a view is. */
    private static List<String> all(View view) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < view.count(); i++) {
            all.add(view.path(i) + " " + view.parent(i) + " " + view.mode(i) + " " + view.size(i) + " " + view.object(i)
                    + " " + view.firstChild(i) + " " + view.children(i));
        }
        return all;
    }

    @Property(tries = 3000)
    void a_layer_over_a_view_is_the_stack_of_all_layers(@ForAll long seed) {
        Random random = new Random(seed);
        List<Manifest> layers = new ArrayList<>(List.of(layer(random)));
        View view = Stack.view(layers);
        for (int i = 0; i < 3; i++) {
            layers.add(layer(random));
            view = Stack.over(view, layers.getLast());
            assertThat(all(view)).isEqualTo(all(Stack.view(layers)));
        }
    }

    @Property(tries = 500)
    void a_pile_of_layers_few_or_many_is_their_stack(@ForAll long seed) {
        Random random = new Random(seed);
        List<Manifest> layers = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            layers.add(layer(random));
        }

        assertThat(all(Stack.pile(layers))).isEqualTo(all(Stack.view(layers)));
    }

    @Property(tries = 1000)
    void what_comes_from_below_is_as_it_is_there_with_all_that_lies_below_it(@ForAll long seed) {
        Random random = new Random(seed);
        View below = Stack.view(List.of(layer(random), layer(random)));
        View view = Stack.over(below, layer(random));

        assertThat(view.isOver(below)).isTrue();
        assertThat(below.isOver(view)).isFalse();
        assertThat(view.origin(View.ROOT)).isEqualTo(-1);
        for (int i = 0; i < view.count(); i++) {
            int before = view.origin(i);
            if (before >= 0) {
                assertThat(view.name(i)).isEqualTo(below.name(before));
                assertThat(view.mode(i)).isEqualTo(below.mode(before));
                assertThat(view.object(i)).isEqualTo(below.object(before));
                assertThat(view.children(i)).isEqualTo(below.children(before));
                for (int child = 0; child < view.children(i); child++) {
                    assertThat(view.origin(view.firstChild(i) + child)).isEqualTo(below.firstChild(before) + child);
                }
            }
        }
    }

    @Property(tries = 50)
    void most_of_a_view_comes_from_below_when_little_is_said(@ForAll long seed) {
        Random random = new Random(seed);
        View below = Stack.view(List.of(layer(random)));
        View view = Stack.over(below, Manifest.of(Tree.of(List.of(Entry.mask(RawName.of("none")))), List.of()));

        assertThat(all(view)).isEqualTo(all(below));
        for (int i = 1; i < view.count(); i++) {
            assertThat(view.origin(i)).isEqualTo(i);
        }
    }
}
