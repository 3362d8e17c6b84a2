package dev.mayfly.env.fuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Where the content of nodes lies, shared by all threads. What lies elsewhere is fetched once, compared with its digest, and
 * kept in the spool; a reader sees nothing of it before that. Two who want the same wait for one fetch.
 */
final class Sources implements AutoCloseable {
    private final View view;
    private final Function<Digest, Optional<Payload>> payloads;
    private final Path spool;
    private final Map<Digest, FileRange> fetched = new ConcurrentHashMap<>();
    private final Map<Digest, FutureTask<FileRange>> fetching = new ConcurrentHashMap<>();
    private final Map<Digest, ChunkDigests> chunks = new ConcurrentHashMap<>();
    private final Map<Digest, FutureTask<ChunkDigests>> counting = new ConcurrentHashMap<>();

    Sources(View view, Function<Digest, Optional<Payload>> payloads, Path spool) {
        this.view = view;
        this.payloads = payloads;
        this.spool = spool;
    }

    /** What is on this machine already; empty when it must be fetched. */
    Optional<FileRange> local(int node) {
        FileRange here = fetched.get(view.object(node));
        return here != null ? Optional.of(here) : payload(node).range();
    }

    /**
     * Gets what lies elsewhere. Can take long.
     *
     * @throws MayflyException when it cannot be had, or is not what its digest says
     */
    FileRange fetch(int node) {
        return once(fetching, view.object(node), () -> {
            Optional<FileRange> here = local(node);
            if (here.isPresent()) {
                return here.get();
            }
            FileRange range = spool(view.object(node), payload(node));
            fetched.put(view.object(node), range);
            return range;
        });
    }

    /** The digests of pieces of a large file, when they are known. */
    Optional<ChunkDigests> chunks(int node) {
        return Optional.ofNullable(chunks.get(view.object(node)));
    }

    /**
     * Reads a whole file, compares it with its digest, and remembers the digests of its pieces.
     *
     * @throws MayflyException {@code CONTENT_CORRUPT} when it is not what its digest says
     */
    ChunkDigests verify(int node, FileRange range) {
        return once(counting, view.object(node), () -> {
            ChunkDigests made = ChunkDigests.of(view.object(node), range);
            chunks.put(view.object(node), made);
            return made;
        });
    }

    private Payload payload(int node) {
        Digest digest = view.object(node);
        return payloads.apply(digest)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.CONTENT_MISSING,
                        "the content of " + view.path(node) + " cannot be read",
                        "no repository has the payload " + digest,
                        "pull the environment again from where it was made"));
    }

    private FileRange spool(Digest digest, Payload payload) throws IOException {
        Files.createDirectories(spool);
        Path part = Files.createTempFile(spool, "fetch", ".part");
        try {
            try (InputStream content = payload.open()) {
                Hashing.copy(content, part, digest);
            }
            Path whole = spool.resolve(digest.toString().replace("=", ""));
            Files.move(part, whole, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            return new FileRange(whole, 0, Files.size(whole));
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T once(Map<Digest, FutureTask<T>> running, Digest digest, Work<T> work) {
        FutureTask<T> mine = new FutureTask<>(work::run);
        FutureTask<T> theirs = running.putIfAbsent(digest, mine);
        FutureTask<T> task = theirs == null ? mine : theirs;
        if (theirs == null) {
            try {
                mine.run();
            } finally {
                running.remove(digest, mine);
            }
        }
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreadable(digest, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MayflyException known) {
                throw known;
            }
            throw unreadable(digest, e.getCause() == null ? e : e.getCause());
        }
    }

    private static MayflyException unreadable(Digest digest, Throwable cause) {
        return new MayflyException(
                ErrorCode.CONTENT_MISSING,
                "the payload " + digest + " cannot be read",
                String.valueOf(cause),
                "look at the disk and the repository that should have it, then read again",
                cause);
    }

    /** Forgets what was fetched, and removes it. Nobody reads any more. */
    @Override
    public void close() {
        for (FileRange each : fetched.values()) {
            try {
                Files.deleteIfExists(each.file());
            } catch (IOException e) {
                // It lies in the spool, which belongs to whoever named it and is temporary.
            }
        }
        fetched.clear();
    }
}
