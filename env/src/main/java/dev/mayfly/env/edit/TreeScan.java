package dev.mayfly.env.edit;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Ingest.Written;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.FileFacts;
import dev.mayfly.platform.linux.OpenFolder;
import dev.mayfly.platform.linux.OpenedFile;
import dev.mayfly.platform.linux.ReadBuffers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * One walk of a folder. The caller's thread walks and opens files; others read and hash them, each byte once. That nothing
 * changed meanwhile is checked twice: each file against itself around its reading, and the whole tree around the walk.
 */
final class TreeScan {
    /** Files that are open at once for each thread that reads: enough that none waits for the walk. */
    private static final int OPEN_PER_THREAD = 8;

    /** A folder in each level is open during the walk. */
    private static final int DEEPEST = 512;

    private final Path root;
    private final Lower lower;
    private final Dialect dialect;
    private final Ingest ingest;
    private final ScanOptions options;
    private final ExecutorService readers;
    private final ReadBuffers buffers;
    private final Semaphore open;
    private final List<String> skipped = new ArrayList<>();
    private final List<CompletableFuture<Written>> contents = new ArrayList<>();

    private TreeScan(
            Path root,
            Lower lower,
            Dialect dialect,
            Ingest ingest,
            ScanOptions options,
            ExecutorService readers,
            ReadBuffers buffers) {
        this.root = root;
        this.lower = lower;
        this.dialect = dialect;
        this.ingest = ingest;
        this.options = options;
        this.readers = readers;
        this.buffers = buffers;
        this.open = new Semaphore(options.threads() * OPEN_PER_THREAD);
    }

    static Scanned run(Path root, Lower lower, Dialect dialect, Ingest ingest, ScanOptions options) {
        // Closed in the opposite order: nobody reads any more when the buffers go.
        try (ReadBuffers buffers = new ReadBuffers();
                ExecutorService readers = Executors.newFixedThreadPool(
                        options.threads(), Thread.ofPlatform().name("hash-", 0).factory())) {
            return new TreeScan(root, lower, dialect, ingest, options, readers, buffers).run();
        } catch (NoSuchFileException e) {
            throw changed(e.getMessage() + " was there and is gone", e);
        } catch (IOException | UncheckedIOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    root + " cannot be read",
                    String.valueOf(e.getMessage()),
                    "make it readable for this user",
                    e);
        }
    }

    private Scanned run() throws IOException {
        Sha256Digest before = fingerprint();
        Branch branch = new Branch();
        try (OpenFolder folder = OpenFolder.open(root)) {
            walk(folder, "", lower, false, branch, 0);
        }
        long bytes = 0;
        for (CompletableFuture<Written> each : contents) {
            bytes += join(each).size();
        }
        if (!Fingerprint.of(root).equals(before)) {
            throw changed("names, sizes or times in it are not what they were", null);
        }
        return new Scanned(
                branch.manifest(options.minimal() ? Optional.of(lower) : Optional.empty()),
                contents.size(),
                bytes,
                skipped);
    }

    private Sha256Digest fingerprint() throws IOException {
        try {
            return Fingerprint.of(root);
        } catch (NoSuchFileException e) {
            throw root.toString().equals(e.getMessage()) ? new IOException("there is no such folder: " + root, e) : e;
        }
    }

    /**
     * @param under the folder below this one
     * @param hidden whether nothing of that is seen, because this or a folder above it is opaque
     */
    private void walk(OpenFolder folder, String path, Lower under, boolean hidden, Branch branch, int depth)
            throws IOException {
        if (depth > DEEPEST) {
            throw new IOException(path + ": folders are nested deeper than " + DEEPEST);
        }
        Set<RawName> here = new HashSet<>();
        for (byte[] bytes : folder.list()) {
            RawName name = RawName.of(bytes);
            here.add(name);
            String at = path + "/" + name;
            FileFacts facts = folder.facts(bytes);
            if (dialect.isWhiteout(facts)) {
                branch.mask(name);
            } else if (facts.isDirectory()) {
                below(folder, name, at, facts, under.child(name), hidden, branch, depth);
            } else if (facts.isRegular()) {
                file(folder, name, at, facts, branch);
            } else if (facts.isSymlink()) {
                Written target = ingest.payload(new ByteArrayInputStream(folder.target(bytes)));
                contents.add(CompletableFuture.completedFuture(target));
                branch.file(name, facts.mode(), () -> target);
            } else {
                special(at, facts);
            }
        }
        if (hidden) {
            maskWhatIsHidden(under, here, branch);
        }
    }

    private void below(
            OpenFolder folder,
            RawName name,
            String at,
            FileFacts facts,
            Lower under,
            boolean hidden,
            Branch branch,
            int depth)
            throws IOException {
        Branch child = new Branch();
        try (OpenFolder opened = folder.folder(name.bytes())) {
            boolean opaque;
            try (OpenedFile itself = opened.itself()) {
                opaque = dialect.mark(itself, at) == Dialect.Mark.OPAQUE;
            }
            walk(opened, at, under, hidden || opaque, child, depth + 1);
        }
        branch.folder(name, facts.mode(), under, child);
    }

    private static void maskWhatIsHidden(Lower under, Set<RawName> here, Branch branch) {
        View view = under.view();
        int node = under.node();
        for (int i = 0; node >= 0 && i < view.children(node); i++) {
            RawName name = view.name(view.firstChild(node) + i);
            if (!here.contains(name)) {
                branch.mask(name);
            }
        }
    }

    private void file(OpenFolder folder, RawName name, String at, FileFacts facts, Branch branch) throws IOException {
        open.acquireUninterruptibly();
        boolean handedOn = false;
        OpenedFile file = null;
        try {
            file = folder.file(name.bytes(), buffers);
            if (!file.facts().sameContent(facts)) {
                throw changed(at + " changed", null);
            }
            if (dialect.mark(file, at) == Dialect.Mark.WHITEOUT) {
                branch.mask(name);
                return;
            }
            OpenedFile content = file;
            CompletableFuture<Written> hashing = CompletableFuture.supplyAsync(() -> hash(content, at, facts), readers);
            handedOn = true;
            contents.add(hashing);
            branch.file(name, facts.mode(), () -> join(hashing));
        } finally {
            if (!handedOn) {
                if (file != null) {
                    file.close();
                }
                open.release();
            }
        }
    }

    private Written hash(OpenedFile file, String at, FileFacts before) {
        try (file) {
            Written written = ingest.payload(file);
            if (written.size() != before.size() || !file.facts().sameContent(before)) {
                throw changed(at + " was written to", null);
            }
            return written;
        } catch (IOException e) {
            throw new UncheckedIOException(at + ": " + e.getMessage(), e);
        } finally {
            open.release();
        }
    }

    private static Written join(CompletableFuture<Written> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw e;
        }
    }

    private void special(String at, FileFacts facts) {
        if (options.skipSpecial()) {
            skipped.add(at);
            return;
        }
        throw new MayflyException(
                ErrorCode.INPUT_UNREADABLE,
                at + " cannot be part of a layer",
                "it is " + kind(facts) + "; layers hold files, folders and symbolic links",
                "remove it, or have such files skipped");
    }

    private static String kind(FileFacts facts) {
        return switch (facts.mode() & 0170000) {
            case 0010000 -> "a pipe";
            case 0140000 -> "a socket";
            case 0060000 -> "a block device";
            default -> "a device";
        };
    }

    private static MayflyException changed(String what, @org.jspecify.annotations.Nullable Throwable cause) {
        return new MayflyException(
                ErrorCode.FILES_CHANGED,
                "nothing was committed",
                "files changed meanwhile: " + what,
                "end the programs that write there, or try again",
                cause);
    }
}
