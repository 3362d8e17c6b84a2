package dev.mayfly.sandbox.allow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FsRulesTest {
    private static List<FsPattern> places(String... texts) {
        return Stream.of(texts).map(FsPattern::parse).toList();
    }

    @ParameterizedTest
    @CsvSource({"/tmp/**, /tmp/**", "//data//x/./y, /data/x/y", "/data/, /data", "/**, /**", "/data/./**, /data/**"})
    void patterns_are_normalised(String text, String canonical) {
        assertThat(FsPattern.parse(text)).hasToString(canonical);
        assertThat(FsPattern.parse(canonical)).isEqualTo(FsPattern.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "/.",
                "tmp/**",
                "**",
                "/data/*",
                "/data/*.csv",
                "/data/**/x",
                "/da?a",
                "/data/../etc",
                "/..",
                "/data/..",
                "/data/\0",
                "/data\n",
                "/data/e\u0301"
            })
    void what_is_no_place_is_refused(String text) {
        assertThatExceptionOfType(AllowSyntaxException.class).isThrownBy(() -> FsPattern.parse(text));
    }

    @Test
    void files_go_to_the_workspace_always_and_to_tmp_when_allowed() {
        FsRules nothing = new FsRules(List.of(), List.of());
        assertThat(nothing.permitsFile("/workspace/a")).isTrue();
        assertThat(nothing.permitsFile("/tmp/a")).isFalse();
        assertThat(nothing.permitsFile("/workspace")).isFalse();
        FsRules tmp = new FsRules(places("/tmp/in/**", "/data/**", "/tmp/one"), places("/workspace/fixed/**"));
        assertThat(tmp.permitsFile("/tmp/in/a")).isTrue();
        assertThat(tmp.permitsFile("/tmp/one")).isTrue();
        assertThat(tmp.permitsFile("/tmp/other")).isFalse();
        assertThat(tmp.permitsFile("/tmpx/a")).isFalse();
        assertThat(tmp.permitsFile("/workspace/fixed/a")).isFalse();
        assertThat(tmp.permitsFile("/data/a"))
                .as("files are only put into private folders")
                .isFalse();
        assertThat(tmp.permitsFile("/etc/passwd")).isFalse();
    }

    @Test
    void host_folders_become_binds_when_given_and_asked_for() {
        FsRules rules = new FsRules(places("/tmp/**", "/data/**", "/srv/one"), places("/models/**", "/data/ref/**"));
        assertThat(rules.binds(List.of()))
                .extracting(bind -> bind.place() + " " + bind.writable())
                .containsExactly("/data/ref/** false", "/models/** false");
        assertThat(rules.binds(places("/data/sub/**", "/srv/**", "/etc/**", "/tmp/**", "/models/x", "/data/ref/a")))
                .extracting(bind -> bind.place() + " " + bind.writable())
                .containsExactly("/data/ref/** false", "/data/sub/** true", "/models/** false", "/srv/one true");
    }

    @Test
    void says_what_was_asked_for_and_not_given() {
        FsRules rules = new FsRules(places("/tmp/**", "/data/**"), places("/data/ref/**"));
        assertThat(rules.notGiven(places("/tmp/**", "/tmp/x", "/workspace/**", "/data/sub/**")))
                .isEmpty();
        List<FsPattern> tooMuch = places("/**", "/etc/shadow", "/datax", "/data/ref/x");
        assertThat(rules.notGiven(tooMuch)).isEqualTo(tooMuch);
    }

    @Property(tries = 2_000)
    void the_intersection_covers_exactly_what_both_cover(
            @ForAll("patterns") FsPattern a, @ForAll("patterns") FsPattern b, @ForAll("paths") String path) {
        boolean both = a.covers(path) && b.covers(path);
        boolean common = a.intersect(b).map(place -> place.covers(path)).orElse(false);
        assertThat(common).isEqualTo(both);
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("a", "b", "ab")
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> "/" + String.join("/", parts));
    }

    @Provide
    Arbitrary<FsPattern> patterns() {
        return paths().flatMap(path -> Arbitraries.of(true, false).map(subtree -> new FsPattern(path, subtree)));
    }
}
