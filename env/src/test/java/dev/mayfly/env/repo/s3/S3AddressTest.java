package dev.mayfly.env.repo.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3AddressTest {
    @Test
    void what_is_written_is_read_again() {
        for (String each : List.of(
                "s3://bucket",
                "s3://bucket/prefix",
                "s3://b.u-c_k3t/a/b.c/d-e_f?region=eu-central-1",
                "s3://bucket/p?endpoint=http://127.0.0.1:9000&region=garage",
                "s3://bucket?endpoint=https://store.example")) {
            assertThat(S3Address.parse(each)).hasToString(each);
        }
        assertThat(S3Address.parse("s3://bucket/p/?endpoint=http%3A%2F%2Fhost%3A1/"))
                .isEqualTo(new S3Address("bucket", "p", Optional.of(URI.create("http://host:1")), Optional.empty()));
    }

    @Test
    void what_is_no_address_is_refused_without_repeating_what_may_be_a_secret() {
        for (String each : List.of(
                "s3://",
                "s3:///prefix",
                "s3://b",
                "s3://hunter2:hunter2@bucket/prefix",
                "s3://bucket?secret=hunter2",
                "s3://bucket?hunter2",
                "s3://bucket/a/../b",
                "s3://bucket//a",
                "s3://bucket/a b",
                "s3://bucket?endpoint=http://me:hunter2@host",
                "s3://bucket?endpoint=file:///etc",
                "s3://bucket?endpoint=http://host/path",
                "s3://bucket?endpoint=http://host?hunter2",
                "s3://bucket?region=a/b",
                "s3://bucket?region=%zz",
                "s3://bucket#hunter2")) {
            assertThatThrownBy(() -> S3Address.parse(each))
                    .as(each)
                    .isInstanceOfSatisfying(MayflyException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
                        assertThat(e.what() + e.why() + e.fix()).doesNotContain("hunter2");
                    });
        }
    }
}
