package dev.mayfly.store.rqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RqliteOptionsTest {
    @Test
    void several_nodes_with_one_password_for_all() {
        RqliteOptions options = RqliteOptions.of("http://me:secret@one:4001, https://two/ ,http://[::1]:4003");
        assertThat(options.nodes())
                .containsExactly(
                        URI.create("http://one:4001"), URI.create("https://two:4001"), URI.create("http://[::1]:4003"));
        assertThat(options.credentials()).contains("me:secret");
        assertThat(options.toString() + options.shown()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "one:4001",
                "ftp://one",
                "http://",
                "http://one/db",
                "http://one?x",
                "http://a b",
                "http://me:secret@ "
            })
    void what_is_no_address_is_told_without_repeating_it(String text) {
        assertThatThrownBy(() -> RqliteOptions.of(text)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
            assertThat(e.getMessage()).doesNotContain("secret");
        });
    }
}
