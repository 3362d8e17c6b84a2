package dev.mayfly.fleet.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCloneTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path folder;

    private Path template;

    @BeforeEach
    void makeTemplate() throws IOException {
        template = folder.resolve("template.img");
        byte[] content = new byte[(int) (5 * MEBIBYTE)];
        content[0] = 1;
        content[(int) (3 * MEBIBYTE)] = 2;
        content[content.length - 1] = 3;
        Files.write(template, content);
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    @Test
    void an_overlay_is_what_qemu_takes_for_one_and_reads_as_the_template_does() throws Exception {
        Path program = Needs.command("qemu-img");
        Path overlay = folder.resolve("overlay.qcow2");
        Qcow2Overlay.create(overlay, template, "raw", 100L << 30);
        String image = overlay.toString();
        assertThat(output(List.of(program.toString(), "check", image))).contains("No errors were found");
        assertThat(output(List.of(program.toString(), "info", image)))
                .contains("virtual size: 100 GiB")
                .contains("backing file: " + template)
                .contains("backing file format: raw");
        Path same = folder.resolve("same.qcow2");
        Qcow2Overlay.create(same, template, "raw", 5 * MEBIBYTE);
        Path raw = folder.resolve("flat.img");
        output(List.of(program.toString(), "convert", "-O", "raw", same.toString(), raw.toString()));
        assertThat(Sha256Digest.ofFile(raw)).isEqualTo(Sha256Digest.ofFile(template));
        assertThat(Files.size(overlay)).isEqualTo(256 << 10);
    }

    @Test
    void a_clone_reads_as_its_template_does_and_is_as_long_as_was_asked() throws IOException {
        DiskClone clone = DiskClone.of(template, folder, 7 * MEBIBYTE, false, Ticker.system());
        byte[] content = Files.readAllBytes(clone.file());
        byte[] original = Files.readAllBytes(template);
        assertThat(content).hasSize((int) (7 * MEBIBYTE)).startsWith(original);
        assertThat(content[content.length - 1]).isZero();
        assertThat(clone.way()).isIn(DiskClone.Way.REFLINK, DiskClone.Way.COPY);
        assertThat(clone.way().warning().isEmpty()).isEqualTo(clone.way() == DiskClone.Way.REFLINK);
    }

    @Test
    void a_copy_takes_no_room_for_zeros() throws Exception {
        Path sparse = folder.resolve("sparse.img");
        try (var file = new java.io.RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(64 * MEBIBYTE);
            file.seek(32 * MEBIBYTE);
            file.write(1);
        }
        DiskClone clone = DiskClone.of(sparse, folder, 0, false, Ticker.system());
        String blocks =
                output(List.of("stat", "-c", "%b", clone.file().toString())).strip();
        assertThat(Long.parseLong(blocks) * 512).isLessThanOrEqualTo(2 * MEBIBYTE);
        assertThat(Sha256Digest.ofFile(clone.file())).isEqualTo(Sha256Digest.ofFile(sparse));
    }
}
