package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The template that tests share; building it takes some seconds and fetches a kernel. */
public final class Templates {
    private static final int MINUTES = 8;

    private Templates() {}

    public static Template debian() throws IOException, InterruptedException {
        Path repository = Path.of(System.getProperty("mayfly.repository", ".."));
        Path script = repository.resolve("fleet/src/main/sh/template.sh");
        // Another script or another agent, another template.
        Path agent = repository.resolve("fleet/src/main/native/guest.c");
        Path folder = repository.resolve(".mayfly/tools/template-"
                + Sha256Digest.of(Sha256Digest.ofFile(script).toString() + Sha256Digest.ofFile(agent))
                        .brief());
        try {
            return Template.verified(folder);
        } catch (MayflyException e) {
            return build(script, folder);
        }
    }

    private static Template build(Path script, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder.getParent());
        Path said = Files.createTempFile("template", ".log");
        try {
            Process process = new ProcessBuilder("sh", script.toString(), folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String why = ended
                    ? Files.readString(said).replace('\n', ' ').strip()
                    : "template.sh took longer than " + MINUTES + " minutes";
            Needs.that(ended && process.exitValue() == 0, "template of machines", why);
            return Template.verified(folder);
        } finally {
            Files.delete(said);
        }
    }

    public static String digestOfDisk(Template template) throws IOException {
        return Files.readString(template.folder().resolve("TemplateMetadata.json"))
                .replaceAll("(?s).*\"Disk.img\": \"([^\"]*)\".*", "$1");
    }
}
