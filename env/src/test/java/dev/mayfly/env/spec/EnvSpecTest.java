package dev.mayfly.env.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.DigestPrefix;
import dev.mayfly.env.object.TagName;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvSpecTest {
    private static final String WHOLE = "3YDG35SUMJS67N2QPQ4NQCYJ6QGKMEB5H4MHC76VRGMRWBRBLFHA====";

    private static SpecItem only(String text) {
        EnvSpec spec = EnvSpec.parse(text);
        assertThat(spec.items()).hasSize(1);
        return spec.items().getFirst();
    }

    private static SpecItem tag(String name, long version) {
        return new SpecItem.TagRef(TagName.parse(name), version);
    }

    @Test
    void nothing_and_a_dash_are_the_empty_environment() {
        assertThat(EnvSpec.parse("").items()).isEmpty();
        assertThat(EnvSpec.parse("-").items()).isEmpty();
        assertThat(EnvSpec.parse("")).hasToString("-");
    }

    @Test
    void items_stand_from_bottom_to_top() {
        assertThat(EnvSpec.parse("sometag~1+spi/my-other-tag+" + WHOLE).items())
                .containsExactly(
                        tag("sometag", 1),
                        tag("spi/my-other-tag", 0),
                        new SpecItem.DigestRef(Digest.parse(WHOLE).orElseThrow()));
    }

    @Test
    void a_digest_may_be_whole_without_its_padding_or_a_beginning_of_a_fit_length() {
        assertThat(only(WHOLE.substring(0, 52))).isEqualTo(only(WHOLE));
        for (String part : List.of("3Y", "3YDG", "3YDG3", "3YDG35S", "3YDG35SU", WHOLE.substring(0, 50))) {
            assertThat(only(part)).isEqualTo(new SpecItem.PrefixRef(new DigestPrefix(part)));
        }
        assertThat(only("3YDG====")).isEqualTo(only("3YDG"));
    }

    @Test
    void what_is_no_beginning_of_a_digest_is_a_tag() {
        for (String name : List.of("3", "3YD", "3YDG35", "main", "MAIN1", "3ydg", "AB-C")) {
            assertThat(only(name)).as(name).isEqualTo(tag(name, 0));
        }
        assertThat(only("MAIN~0")).isEqualTo(tag("MAIN", 0));
        assertThat(only("MAIN")).isEqualTo(new SpecItem.PrefixRef(new DigestPrefix("MAIN")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIN~0", "AA~0", "-~0", "main~0", "MAIN~2", "base+MAIN~0+tools"})
    void a_tag_whose_name_reads_as_something_else_says_its_version(String text) {
        EnvSpec spec = EnvSpec.parse(text);
        assertThat(EnvSpec.parse(spec.toString())).isEqualTo(spec);
    }

    @Test
    void an_absolute_path_is_a_file_and_never_a_tag() {
        assertThat(only("/work/local.spfs.yaml")).isEqualTo(new SpecItem.FileRef(Path.of("/work/local.spfs.yaml")));
        assertThat(only("/work")).isEqualTo(new SpecItem.FileRef(Path.of("/work")));
    }

    @Test
    void a_fault_is_told_with_its_item_and_place() {
        MayflyException empty = refused("base++tools");
        assertThat(empty.why()).contains("item 2 at character 6").contains("is empty");
        assertThat(refused("+").why()).contains("item 1");
        assertThat(refused("a b").why()).contains("item 1 at character 1, 'a b'");
        assertThat(refused("a~b").why()).contains("no number after ~");
        assertThat(refused("a~").why()).contains("no number after ~");
        assertThat(refused("a~1~2").why()).contains("no number after ~");
        assertThat(refused("a~99999999999999999999").why()).contains("no number after ~");
        assertThat(refused("../a").why()).contains("is no tag");
        assertThat(refused("a@2020").why()).contains("is no tag");
        assertThat(refused("/a\0b").why()).contains("no file can have");
        assertThat(refused("3YDG===").why()).contains("is no tag");
        assertThat(refused("a+".repeat(20_000)).why()).contains("more than 10000");
    }

    private static MayflyException refused(String text) {
        MayflyException thrown = catchThrowableOfType(MayflyException.class, () -> EnvSpec.parse(text));
        assertThat(thrown.code()).isEqualTo(ErrorCode.ENV_SPEC_INVALID);
        return thrown;
    }

    @Property(tries = 3000)
    void what_is_read_reads_the_same_from_its_own_text(
            @ForAll @StringLength(max = 12) @Chars({'a', 'A', 'B', '2', '~', '0', '+', '/', '-', '.', '=', 'é'})
                    String text) {
        Throwable thrown = catchThrowable(() -> {
            EnvSpec spec = EnvSpec.parse(text);
            assertThat(EnvSpec.parse(spec.toString())).isEqualTo(spec);
        });
        if (thrown != null) {
            assertThat(thrown).isInstanceOf(MayflyException.class);
        }
    }
}
