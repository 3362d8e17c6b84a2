package dev.mayfly.env.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackTest {
    private static final RawName D = RawName.of("d");

    private static Entry file(String name, String content) {
        return Entry.blob(
                RawName.of(name),
                FileMode.REGULAR | 0644,
                Digest.of(content.getBytes(StandardCharsets.UTF_8)),
                content.length());
    }

    private static Manifest flat(Entry... entries) {
        return Manifest.of(List.of(Tree.of(Arrays.asList(entries))));
    }

    /** A layer with one directory. */
    private static Manifest folder(int permissions, Entry... entries) {
        Tree tree = Tree.of(Arrays.asList(entries));
        return Manifest.of(List.of(
                Tree.of(List.of(Entry.tree(D, FileMode.DIRECTORY | permissions, tree.digest()))), tree));
    }

    private static List<String> paths(View view) {
        List<String> paths = new ArrayList<>();
        for (int i = 1; i < view.count(); i++) {
            paths.add(view.path(i));
        }
        return paths;
    }

    @Test
    void directories_join_and_the_upper_one_gives_its_mode() {
        View view = Stack.view(List.of(folder(0755, file("a", "1"), file("b", "1")), folder(0700, file("b", "2"))));
        assertThat(paths(view)).containsExactly("/d", "/d/a", "/d/b");
        assertThat(view.mode(1)).isEqualTo(FileMode.DIRECTORY | 0700);
        assertThat(view.object(view.find("d/b").orElseThrow()))
                .isEqualTo(Digest.of("2".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_directory_over_a_file_over_a_directory_begins_empty() {
        View view = Stack.view(
                List.of(folder(0755, file("old", "1")), flat(file("d", "file")), folder(0755, file("new", "2"))));
        assertThat(paths(view)).containsExactly("/d", "/d/new");
    }

    @Test
    void a_mask_takes_away_what_is_below_it_and_nothing_above() {
        Manifest below = folder(0755, file("a", "1"), file("b", "1"));
        assertThat(paths(Stack.view(List.of(below, flat(Entry.mask(D)))))).isEmpty();
        assertThat(paths(Stack.view(List.of(below, flat(Entry.mask(D)), folder(0755, file("c", "1"))))))
                .containsExactly("/d", "/d/c");
    }

    @Test
    void children_are_neighbours_in_the_order_of_their_bytes() {
        View view = Stack.view(List.of(folder(0755, file("é", "1"), file("z", "1"), file("A", "1"))));
        assertThat(paths(view)).containsExactly("/d", "/d/A", "/d/z", "/d/é");
        assertThat(view.child(1, RawName.of("z"))).isEqualTo(view.firstChild(1) + 1);
        assertThat(view.find("/d/../d/A")).isEmpty();
    }

    @Test
    void an_entry_is_what_its_kind_says_whatever_type_its_mode_claims() {
        Tree inside = Tree.of(List.of(file("x", "1")));
        View view = Stack.view(List.of(Manifest.of(List.of(
                Tree.of(List.of(
                        Entry.blob(RawName.of("claims-folder"), FileMode.DIRECTORY | 0755, Digest.EMPTY, 0),
                        Entry.blob(RawName.of("device"), FileMode.CHARACTER_DEVICE | 0666, Digest.EMPTY, 0),
                        Entry.blob(RawName.of("nothing"), 0644, Digest.EMPTY, 0),
                        Entry.blob(RawName.of("link"), FileMode.SYMLINK | 0777, Digest.EMPTY, 0),
                        Entry.blob(RawName.of("much"), 0xfff00000 | FileMode.REGULAR | 04755, Digest.EMPTY, 0),
                        Entry.tree(RawName.of("tree"), FileMode.REGULAR | 0711, inside.digest()))),
                inside))));
        assertThat(view.mode(view.find("claims-folder").orElseThrow())).isEqualTo(FileMode.REGULAR | 0755);
        assertThat(view.mode(view.find("device").orElseThrow())).isEqualTo(FileMode.REGULAR | 0666);
        assertThat(view.mode(view.find("nothing").orElseThrow())).isEqualTo(FileMode.REGULAR | 0644);
        assertThat(view.mode(view.find("link").orElseThrow())).isEqualTo(FileMode.SYMLINK | 0777);
        assertThat(view.mode(view.find("much").orElseThrow())).isEqualTo(FileMode.REGULAR | 04755);
        assertThat(view.mode(view.find("tree").orElseThrow())).isEqualTo(FileMode.DIRECTORY | 0711);
        assertThat(view.find("tree/x")).isPresent();
    }
}
