package dev.mayfly.env.gc.campaign;

import dev.mayfly.env.contract.MemoryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Where {@code -Dmayfly.gc.folder} says, else in memory: a short campaign is not about disks. */
final class CampaignFolder implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        String named = System.getProperty("mayfly.gc.folder", "");
        return named.isEmpty()
                ? new MemoryFolder().createTempDirectory(element, context)
                : Files.createTempDirectory(Path.of(named), "mayfly-gc-");
    }
}
