package dev.mayfly.fleet.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateTest {
    @TempDir
    Path folder;

    private void write(String metadata) throws IOException {
        Files.writeString(folder.resolve("Disk.img"), "disk");
        Files.writeString(folder.resolve("TemplateMetadata.json"), metadata);
    }

    private static String metadata(String file, String content) {
        return """
            {"format": 1, "name": "n", "ssh_user": "root", "files": {"%s": "%s"}}
            """.formatted(file, Sha256Digest.of(content));
    }

    @Test
    void a_template_is_known_by_the_digest_of_everything_in_it() throws IOException {
        write(metadata("Disk.img", "disk"));
        Template template = Template.verified(folder);
        assertThat(template.name()).isEqualTo("n");
        assertThat(template.digest()).isEqualTo(Sha256Digest.of(metadata("Disk.img", "disk")));
    }

    @Test
    void a_template_that_is_not_what_it_says_is_refused() throws IOException {
        refused("there is nothing");
        for (String bad : new String[] {
            metadata("Disk.img", "another disk"),
            metadata("../Disk.img", "disk"),
            metadata("kernel", "disk"),
            "{}",
            "nonsense",
            "{\"format\": 1, \"files\": []}",
        }) {
            write(bad);
            refused(bad);
        }
    }

    private void refused(String what) {
        assertThatThrownBy(() -> Template.verified(folder))
                .as(what)
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID));
    }
}
