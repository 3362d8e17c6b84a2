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
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * The rule of {@link Stack} against one that is told in another way: two layers merge to one that keeps its masks and says of
 * each directory whether it hides what is below. Layers may then be merged in any grouping, and the view is the same.
 */
class MergeTest {
    /** What one layer, or several merged, says about a name. */
    private sealed interface Word {}

    private record Gone() implements Word {}

    private record Content(int mode, Digest object, long size) implements Word {}

    /** @param opaque whether what lower layers have below this name is hidden, as something else stood between */
    private record Folder(int mode, boolean opaque, Map<String, Word> names) implements Word {}

    private static final String[] NAMES = {"a", "b", "c"};

    private static Word over(Word upper, Word lower) {
        if (!(upper instanceof Folder folder) || folder.opaque()) {
            return upper;
        }
        if (!(lower instanceof Folder below)) {
            return new Folder(folder.mode(), true, folder.names());
        }
        return new Folder(folder.mode(), below.opaque(), over(folder.names(), below.names()));
    }

    private static Map<String, Word> over(Map<String, Word> upper, Map<String, Word> lower) {
        Map<String, Word> both = new TreeMap<>(lower);
        upper.forEach((name, word) -> both.merge(name, word, (below, above) -> over(above, below)));
        return both;
    }

    /** Merges layers by cutting them in two at a place that the seed gives, again and again. */
    private static Map<String, Word> merged(List<Map<String, Word>> layers, Dice dice) {
        if (layers.size() == 1) {
            return layers.getFirst();
        }
        int cut = 1 + dice.below(layers.size() - 1);
        return over(merged(layers.subList(cut, layers.size()), dice), merged(layers.subList(0, cut), dice));
    }

    /** Lines of path, mode and content. */
    private static List<String> shown(Map<String, Word> names) {
        List<String> lines = new ArrayList<>();
        show("", names, lines);
        return lines.stream().sorted().toList();
    }

    private static void show(String at, Map<String, Word> names, List<String> lines) {
        names.forEach((name, word) -> {
            String path = at + "/" + name;
            switch (word) {
                case Gone _ -> {}
                case Content content -> lines.add(line(path, content.mode(), content.object(), content.size()));
                case Folder folder -> {
                    lines.add(line(path, folder.mode(), Digest.NULL, 0));
                    show(path, folder.names(), lines);
                }
            }
        });
    }

    private static List<String> shown(View view) {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i < view.count(); i++) {
            lines.add(line(view.path(i), view.mode(i), view.object(i), view.size(i)));
        }
        return lines.stream().sorted().toList();
    }

    private static String line(String path, int mode, Digest object, long size) {
        return path + " " + Integer.toOctalString(mode) + " " + object.brief() + " " + size;
    }

    /** Numbers that follow from a seed. */
    private static final class Dice {
        private long state;

        Dice(long seed) {
            this.state = seed;
        }

        int below(int bound) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            return (int) Long.remainderUnsigned(state >>> 33, bound);
        }
    }

    private static Map<String, Word> layer(Dice dice, int depth) {
        Map<String, Word> names = new TreeMap<>();
        for (String name : NAMES) {
            switch (dice.below(5)) {
                case 0 -> names.put(name, new Gone());
                case 1 -> names.put(name, content(dice));
                case 2, 3 -> {
                    if (depth > 0) {
                        int mode = FileMode.DIRECTORY | (0700 + dice.below(8));
                        names.put(name, new Folder(mode, false, layer(dice, depth - 1)));
                    }
                }
                default -> {}
            }
        }
        return names;
    }

    private static Content content(Dice dice) {
        int size = dice.below(3);
        int type = dice.below(2) == 0 ? FileMode.REGULAR : FileMode.SYMLINK;
        return new Content(type | 0644, Digest.of(new byte[size]), size);
    }

    private static Manifest manifest(Map<String, Word> names) {
        List<Tree> below = new ArrayList<>();
        return Manifest.of(tree(names, below), below);
    }

    private static Tree tree(Map<String, Word> names, List<Tree> below) {
        List<Entry> entries = new ArrayList<>();
        names.forEach((text, word) -> {
            RawName name = RawName.of(text);
            entries.add(
                    switch (word) {
                        case Gone _ -> Entry.mask(name);
                        case Content content -> Entry.blob(name, content.mode(), content.object(), content.size());
                        case Folder folder -> {
                            Tree tree = tree(folder.names(), below);
                            below.add(tree);
                            yield Entry.tree(name, folder.mode(), tree.digest());
                        }
                    });
        });
        return Tree.of(entries);
    }

    @Property(tries = 3000)
    void layers_merged_in_any_grouping_look_like_the_stack_of_them(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int count) {
        Dice dice = new Dice(seed);
        List<Map<String, Word>> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layers.add(layer(dice, 3));
        }
        List<String> stack =
                shown(Stack.view(layers.stream().map(MergeTest::manifest).toList()));
        for (int grouping = 0; grouping < 4; grouping++) {
            assertThat(shown(merged(layers, dice))).isEqualTo(stack);
        }
    }

    @Property(tries = 1000)
    void masks_of_all_lower_names_are_the_same_as_an_opaque_directory(@ForAll long seed) {
        Dice dice = new Dice(seed);
        Map<String, Word> lower = Map.of("d", new Folder(FileMode.DIRECTORY | 0755, false, layer(dice, 2)));
        Map<String, Word> own = layer(dice, 2);
        Map<String, Word> masked = new TreeMap<>(own);
        for (String name : NAMES) {
            masked.putIfAbsent(name, new Gone());
        }
        masked.replaceAll((_, word) -> word instanceof Folder folder ? masking(folder) : word);
        Map<String, Word> opaque = Map.of("d", new Folder(FileMode.DIRECTORY | 0711, true, own));
        Map<String, Word> compatible = Map.of("d", new Folder(FileMode.DIRECTORY | 0711, false, masked));
        assertThat(shown(Stack.view(List.of(manifest(lower), manifest(compatible)))))
                .isEqualTo(shown(over(opaque, lower)));
    }

    /** The same directory with masks for every name that it does not have, at every level. */
    private static Folder masking(Folder folder) {
        Map<String, Word> names = new TreeMap<>(folder.names());
        for (String name : NAMES) {
            names.putIfAbsent(name, new Gone());
        }
        names.replaceAll((_, word) -> word instanceof Folder below ? masking(below) : word);
        return new Folder(folder.mode(), folder.opaque(), names);
    }

    @Test
    void a_directory_over_a_file_over_a_directory_does_not_bring_the_old_names_back() {
        Folder old = new Folder(FileMode.DIRECTORY | 0755, false, Map.of("a", content(new Dice(1))));
        Folder fresh = new Folder(FileMode.DIRECTORY | 0700, false, Map.of("b", content(new Dice(2))));
        List<Manifest> stack = List.of(
                manifest(Map.of("d", old)), manifest(Map.of("d", content(new Dice(3)))), manifest(Map.of("d", fresh)));
        assertThat(shown(Stack.view(stack)))
                .extracting(line -> line.split(" ")[0])
                .containsExactly("/d", "/d/b");
    }
}
