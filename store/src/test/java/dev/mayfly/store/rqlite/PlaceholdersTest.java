package dev.mayfly.store.rqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceholdersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "SELECT ?, ?|2",
                "SELECT '?', ?|1",
                "SELECT 'it''s ?', ?|1",
                "SELECT \"a?\", [b?], `c?`, ?|1",
                "SELECT ? -- ? and more|1",
                "SELECT /* ? */ ? / ?|2",
                "SELECT ? - ?|2",
                "SELECT 'open ?|0",
                "SELECT /* open ?|0",
                "|0"
            })
    void values_are_not_looked_for_in_quotes_and_comments(String sql, int count) {
        assertThat(Placeholders.of(sql == null ? "" : sql).places()).hasSize(count);
    }

    @Test
    void only_the_named_values_are_cast() {
        assertThat(Placeholders.of("UPDATE t SET a = ?, b = '?' WHERE c = ? AND d = ?")
                        .castToText(List.of(0, 2)))
                .isEqualTo("UPDATE t SET a = CAST(? AS TEXT), b = '?' WHERE c = ? AND d = CAST(? AS TEXT)");
    }
}
