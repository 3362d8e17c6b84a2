package dev.mayfly.bench.env;

import dev.mayfly.env.edit.FolderScan;
import dev.mayfly.env.edit.ScanOptions;
import dev.mayfly.env.edit.UpperScan;
import dev.mayfly.env.erofs.Contents;
import dev.mayfly.env.erofs.ErofsMounts;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.library.RecentViews;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.spec.Resolver;
import dev.mayfly.env.spec.SpecLoader;
import dev.mayfly.env.view.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A repository of the kind that {@code mayfly env init} makes, and the views that are mounted of it. */
public final class Farm implements AutoCloseable {
    private static final String REPOSITORY = "repository";

    private final Path folder;
    private final FsRepository repository;
    private final Library library;
    private final ErofsMounts mounts;

    private Farm(Path folder) {
        this.folder = folder;
        this.repository = FsRepository.open(folder.resolve(REPOSITORY));
        this.library = library();
        this.mounts = new ErofsMounts(folder.resolve("views"));
    }

    /** Opens what is in this folder, laid out as {@code env} in the home of a user, or begins it. */
    public static Farm at(Path folder) {
        if (!Files.exists(folder.resolve(REPOSITORY))) {
            FsRepository.init(folder.resolve(REPOSITORY), Keeping.PACKS);
        }
        return new Farm(folder);
    }

    private Library library() {
        return new Library(
                repository, new Resolver(List.of(repository), new SpecLoader()), "bench@bench", new RecentViews());
    }

    /** All of a folder as a layer, durable when this returns. */
    public Digest commit(Path tree) {
        try (Ingest ingest = repository.ingest()) {
            return Library.layer(
                    ingest, FolderScan.scan(tree, ingest, ScanOptions.plain()).manifest(), List.of());
        }
    }

    /** Reads the layers and stacks them, from bottom to top, with what is known of them. */
    public View view(List<Digest> layers) {
        return library.view(library.flatten(layers));
    }

    /** The same by somebody who knows nothing yet. */
    public View viewAnew(List<Digest> layers) {
        Library fresh = library();
        return fresh.view(fresh.flatten(layers));
    }

    /** What a commit of a runtime does before it names the layer. @return whether anything was changed */
    public boolean changed(Path upper, List<Digest> layers) {
        try (Ingest ingest = repository.ingest()) {
            return !UpperScan.scan(upper, () -> view(layers), false, ingest, ScanOptions.plain())
                    .isEmpty();
        }
    }

    public Contents contents() {
        return Contents.of(repository.payloads());
    }

    public FsRepository repository() {
        return repository;
    }

    public ErofsMounts mounts() {
        return mounts;
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        mounts.unmountUnused();
        repository.close();
    }
}
