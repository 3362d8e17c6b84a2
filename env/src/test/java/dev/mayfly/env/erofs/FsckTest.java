package dev.mayfly.env.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.view.View;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images as erofs-utils see them, which read more strictly than the kernel. */
class FsckTest {
    /** Contents too, which without it are not looked at. */
    private static final List<String> READ = List.of("--extract");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void fsck_finds_nothing_wrong(long seed) throws Exception {
        Path fsck = Needs.command("fsck.erofs");
        TestPayloads payloads = new TestPayloads(folder, true);
        View view = RandomView.of(seed, payloads, 1500);
        ErofsOptions options = new ErofsOptions(seed % 2 == 0 ? 70_000 : 0, 0, 1, seed % 3 == 0 ? 1000 : 0);
        // erofs-utils 1.5 does not read contents in the one space of all devices; in other tests the kernel does.
        check(fsck, new Placement(view, Contents.of(payloads), options), List.of());
        check(fsck, new Placement(view, Contents.below(payloads, folder, each -> "/" + each), options), READ);
        TestPayloads alone = new TestPayloads(folder, false);
        Placement chunks = new Placement(RandomView.of(seed, alone, 320), Contents.of(alone), options);
        assertThat(chunks.inOneSpace()).isFalse();
        check(fsck, chunks, READ);
    }

    private void check(Path fsck, Placement placement, List<String> more) throws IOException, InterruptedException {
        Path images = Files.createTempDirectory(
                folder, "images", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        StoredImage image = new ImageStore(images).make(placement);
        List<String> command = new ArrayList<>(List.of(fsck.toString(), "-d3"));
        command.addAll(more);
        image.devices().forEach(each -> command.add("--device=" + each.file()));
        command.add(image.file().toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s", said).isZero();
        assertThat(said).contains("No errors found");
    }
}
