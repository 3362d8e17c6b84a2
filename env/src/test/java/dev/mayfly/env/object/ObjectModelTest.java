package dev.mayfly.env.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ObjectModelTest {
    private static final int FOLDER = FileMode.DIRECTORY | 0755;

    private static Entry file(String name) {
        return Entry.blob(RawName.of(name), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
    }

    private static Entry folder(String name, Tree tree) {
        return Entry.tree(RawName.of(name), FOLDER, tree.digest());
    }

    @Property(tries = 500)
    void a_digest_has_one_text_which_leads_back(@ForAll @Size(32) byte[] bytes) {
        Digest digest = Digest.at(bytes, 0);
        assertThat(digest.toString()).hasSize(56).endsWith("====");
        assertThat(Digest.parse(digest.toString())).contains(digest);
        assertThat(Digest.parse(digest.toString().substring(0, 52))).isEmpty();
        assertThat(digest.bytes()).isEqualTo(bytes);
    }

    @Test
    void the_text_of_the_empty_digest_is_that_of_spfs() {
        assertThat(Digest.EMPTY).hasToString("4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====");
        assertThat(Digest.parse("4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKR===="))
                .isEmpty();
    }

    @Test
    void trees_sort_by_bytes_and_have_each_name_once() {
        Tree tree = Tree.of(List.of(file("é"), file("z"), file("A"), file("a")));
        assertThat(tree.entries()).extracting(each -> each.name().toString()).containsExactly("A", "a", "z", "é");
        assertThat(tree.find(RawName.of("z"))).isPresent();
        assertThat(tree.find(RawName.of("y"))).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> Tree.of(List.of(file("a"), file("a"))));
    }

    @Test
    void a_manifest_has_its_trees_depth_first_by_name_and_each_once() {
        Tree leaf = Tree.of(List.of(file("leaf")));
        Tree deep = Tree.of(List.of(folder("shared", leaf), file("x")));
        Tree other = Tree.of(List.of(file("other")));
        Tree root = Tree.of(List.of(folder("z", other), folder("a", deep), folder("b", leaf)));
        Tree stray = Tree.of(List.of(file("stray")));
        Manifest manifest = Manifest.of(root, List.of(stray, other, leaf, deep));
        assertThat(manifest.trees()).containsExactly(root, deep, leaf, other);
        assertThatIllegalArgumentException().isThrownBy(() -> Manifest.of(root, List.of(deep, leaf)));
    }

    @Test
    void a_platform_keeps_the_highest_place_of_what_is_repeated() {
        Digest a = Digest.of(new byte[] {1});
        Digest b = Digest.of(new byte[] {2});
        assertThat(Platform.of(List.of(a, b, a)).stack()).containsExactly(b, a);
    }

    @Test
    void a_mask_has_the_mode_that_spfs_gives_it() {
        assertThat(Entry.mask(RawName.of("gone")))
                .isEqualTo(new Entry(EntryKind.MASK, Digest.NULL, 0777, 0, RawName.of("gone")));
    }

    @Test
    void names_are_what_a_directory_can_hold() {
        for (String each : List.of("", ".", "..", "a/b", "a\0b", "x".repeat(256))) {
            assertThat(RawName.fits(each.getBytes(StandardCharsets.UTF_8)))
                    .as(each)
                    .isFalse();
        }
        for (String each : List.of("...", ".a", "a.", "x".repeat(255), " ", "\n")) {
            assertThat(RawName.fits(each.getBytes(StandardCharsets.UTF_8)))
                    .as(each)
                    .isTrue();
        }
        RawName raw = RawName.of(new byte[] {'a', (byte) 0xff});
        assertThat(raw.isText()).isFalse();
        assertThat(raw).hasToString("a\\xff");
    }

    @Test
    void tags_have_names_that_are_no_tricks() {
        assertThat(TagName.parse("spi/stable/main")).isEqualTo(new TagName("spi/stable", "main"));
        for (String each : List.of("", "/a", "a/", "a//b", "../a", "a/..", "a b", "a~1", "a+b", "é")) {
            assertThatIllegalArgumentException().as(each).isThrownBy(() -> TagName.parse(each));
        }
    }

    @Test
    void what_no_format_can_hold_is_refused_where_it_is_made() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Layer(Optional.empty(), List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Annotation("a\0", new Annotation.Inline("")));
        assertThatIllegalArgumentException().isThrownBy(() -> new Annotation.Inline("\ud800"));
    }
}
