package dev.mayfly.env.repo.fs;

import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.contract.RepositoryContract;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class PacksRepositoryTest extends RepositoryContract {
    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @Override
    protected Repository open() {
        Needs.linux();
        Path root = folder.resolve("repository");
        if (!Files.exists(root)) {
            FsRepository.init(root, Keeping.PACKS);
        }
        return FsRepository.open(root);
    }
}
