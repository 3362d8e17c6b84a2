package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.repo.Hold;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A repository in a folder of this machine. */
public final class FsRepository implements Repository {
    /** What others have published since is written once more at worst. */
    private static final Duration LATELY = Duration.ofSeconds(30);

    private final Layout layout;
    private final Keeping keeping;
    private final Opening opening;
    private final Store store;
    private final Disk disk;
    private final Optional<Writing> writing;
    private final Tags tags;

    /** What only who may write has. */
    private record Writing(CollectorLock collector, TagLocks locks, Stripes moves, Reserve reserve) {}

    private FsRepository(Layout layout, Keeping keeping, Opening opening, Optional<Writing> writing) {
        this.layout = layout;
        this.keeping = keeping;
        this.opening = opening;
        this.writing = writing;
        this.disk = new Disk(layout.root());
        this.store = new Store(layout, opening.steps(), writing.map(Writing::moves));
        this.tags = tags(opening.namespace());
    }

    /**
     * Makes an empty repository in a folder that is not there or has nothing of one.
     *
     * @throws MayflyException {@code REPOSITORY_UNSUITABLE} when there is one already
     */
    public static void init(Path root, Keeping keeping) {
        Marks.init(new Layout(root.toAbsolutePath()), keeping);
    }

    public static FsRepository open(Path root) {
        return open(root, Opening.usual());
    }

    /**
     * Opens a repository, also one of SPFS. What dead processes have left in it is swept.
     *
     * @throws MayflyException {@code REPOSITORY_MISSING}, or {@code REPOSITORY_UNSUITABLE} when it is of another version
     */
    public static FsRepository open(Path root, Opening opening) {
        try {
            Layout layout = new Layout(Files.exists(root) ? root.toRealPath() : root.toAbsolutePath());
            Keeping keeping = Marks.read(layout);
            return new FsRepository(layout, keeping, opening, writing(layout, keeping));
        } catch (IOException e) {
            throw Disk.failed(root, "Opening the repository", e);
        }
    }

    private static Optional<Writing> writing(Layout layout, Keeping keeping) throws IOException {
        boolean linux = System.getProperty("os.name", "").equals("Linux");
        if (!linux || !Files.isWritable(layout.objects()) || !Files.isWritable(layout.root())) {
            return Optional.empty();
        }
        Files.createDirectories(layout.ingests());
        Files.createDirectories(layout.trash());
        if (keeping == Keeping.PACKS) {
            Files.createDirectories(layout.packs());
        }
        CollectorLock collector = new CollectorLock(layout.collectorLock());
        Lease.sweep(layout, collector);
        Reserve reserve = new Reserve(layout.reserve());
        reserve.take();
        return Optional.of(new Writing(
                collector,
                new TagLocks(layout.tagLocks(), keeping == Keeping.FILES),
                new Stripes(layout.packLocks()),
                reserve));
    }

    static MayflyException readsOnly(Path root) {
        return new MayflyException(
                ErrorCode.REPOSITORY_UNSUITABLE,
                "The repository " + root + " is open for reading only",
                "this user may not write there, or this system is not Linux",
                "Write as a user who may, or to another repository.");
    }

    @Override
    public String address() {
        return layout.root().toString();
    }

    public Layout layout() {
        return layout;
    }

    public Keeping keeping() {
        return keeping;
    }

    /** Whether this user may write here. */
    public boolean writable() {
        return writing.isPresent();
    }

    @Override
    public Objects objects() {
        return new FsObjects(layout.root(), store);
    }

    @Override
    public Payloads payloads() {
        return new FsPayloads(store);
    }

    @Override
    public Tags tags() {
        return tags;
    }

    /** Tags of another namespace of this repository. */
    public Tags tags(Optional<String> namespace) {
        return new TagFiles(
                layout,
                TagTree.of(layout, namespace),
                writing.map(with -> new TagFiles.TagWriting(with.locks(), with.reserve(), () -> takeLease(with))),
                opening.clock(),
                opening.steps());
    }

    @Override
    public Ingest ingest() {
        if (writing.isEmpty()) {
            throw readsOnly(layout.root());
        }
        disk.require(0);
        try {
            Lease lease = lease();
            store.packs().refresh(LATELY);
            Stage stage = switch (keeping) {
                case FILES -> new FileStage(layout.root(), lease.folder(), store, opening.steps());
                case PACKS -> packStage(lease);
            };
            return new FsIngest(address(), store, stage, lease, disk, opening.steps());
        } catch (IOException e) {
            throw disk.failed("Beginning to write", e);
        }
    }

    PackStage packStage(Lease lease) {
        return new PackStage(
                lease.folder(),
                layout.packs(),
                store.packs().newest(),
                opening.clock(),
                opening.ids(),
                opening.steps());
    }

    Disk disk() {
        return disk;
    }

    /**
     * For who relies on content that no tag names: a runtime that shows it, or somebody who says so. What is put on it stays,
     * with all that it names, until it is closed or its process ends.
     */
    public Lease lease() {
        try {
            return takeLease(writing());
        } catch (IOException e) {
            throw disk.failed("Taking a lease", e);
        }
    }

    private Lease takeLease(Writing with) throws IOException {
        return Lease.take(layout, with.collector(), opening.ids());
    }

    private Writing writing() {
        return writing.orElseThrow(() -> readsOnly(layout.root()));
    }

    @Override
    public Hold hold() {
        Writing with = writing();
        try {
            Lease lease = with.reserve().with(() -> takeLease(with));
            return new FsHold(store, lease, disk, with.reserve(), opening.steps());
        } catch (IOException e) {
            throw disk.failed("Taking a lease", e);
        }
    }

    /** Namespaces that have tags, besides that without a name. */
    public List<String> namespaces() {
        try {
            return TagTree.namespaces(layout);
        } catch (IOException e) {
            throw disk.failed("Listing namespaces of tags", e);
        }
    }

    /** For who collects garbage. */
    public CollectorLock collectorLock() {
        return writing().collector();
    }

    /** For who collects garbage. */
    public Reserve reserve() {
        return writing().reserve();
    }

    /** For who collects garbage. */
    public Store store() {
        return store;
    }

    /** For who collects garbage. */
    public Opening opening() {
        return opening;
    }

    @Override
    public void close() {
        writing.ifPresent(with -> {
            with.locks().close();
            with.moves().close();
        });
    }

    @Override
    public String toString() {
        return "FsRepository[" + layout.root() + "]";
    }
}
