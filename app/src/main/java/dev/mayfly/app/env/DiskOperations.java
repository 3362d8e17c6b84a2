package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.erofs.Contents;
import dev.mayfly.env.spec.Resolved;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lays environments out as disks, for machines. */
final class DiskOperations {
    private DiskOperations() {}

    static int disks(HandedWords words, EnvSession session) {
        String ref = words.argument(0);
        Path folder = Path.of(words.argument(1)).toAbsolutePath().normalize();
        if (Files.exists(folder)) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    folder + " is there already",
                    "machines may have its disks, which never change under their names",
                    "name a folder that is not there: mayfly env disks " + ref + " " + folder + "-2");
        }
        Resolved resolved = session.library().resolve(ref);
        if (!resolved.live().isEmpty()) {
            throw new MayflyException(
                    ErrorCode.ENV_SPEC_INVALID,
                    ref + " cannot be given to machines",
                    "it has live layers, which are folders of this machine",
                    "commit them as layers");
        }
        List<Path> disks = session.shown()
                .layOut(
                        session.library().view(resolved.layers()),
                        Contents.of(session.repository().payloads()),
                        folder);
        session.output(words)
                .value(
                        ref + " lies in " + folder + ": " + disks.size()
                                + (disks.size() == 1 ? " disk" : " disks")
                                + "; machines get it by: mayfly fleet agent --env " + folder,
                        JsonObject.of()
                                .with("ref", ref)
                                .with("folder", folder.toString())
                                .with(
                                        "disks",
                                        JsonArray.ofStrings(disks.stream()
                                                .map(Path::toString)
                                                .toList())));
        return ExitCode.GREEN.number();
    }
}
