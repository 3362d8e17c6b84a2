package dev.mayfly.mesh.verbs;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.mesh.verbs.LibraryScan.Found;
import dev.mayfly.mesh.verbs.LibraryScan.Inode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Probes on all copies of the library. A copy that nobody has mapped for a minute is let go, so that the files of containers
 * that are gone can be. Safe for concurrent use.
 */
final class Attachments implements AutoCloseable {
    /** Each is a few descriptors and programs. */
    private static final int MOST = 256;

    private static final int MOST_TWINS = 4096;

    private static final long LINGER_NANOS = Duration.ofMinutes(1).toNanos();

    private final VerbsProgram.Maps maps;
    private final Log log;
    private final Map<Inode, Held> held = new HashMap<>();
    /** Other names of files that are watched. */
    private final Map<Inode, Held> twins = new HashMap<>();
    /** Files without the functions, and files that could not be had. */
    private final Map<Inode, Long> passedOver = new HashMap<>();

    private int number;
    private boolean full;
    private boolean closed;

    private static final class Held {
        private final Attachment attachment;
        private final int number;
        private long seen;

        private Held(Attachment attachment, int number, long seen) {
            this.attachment = attachment;
            this.number = number;
            this.seen = seen;
        }
    }

    Attachments(VerbsProgram.Maps maps, Log log) {
        this.maps = maps;
        this.log = log;
    }

    /** Watches these files for as long as this is open; those that are not there are left out. */
    synchronized void always(List<Path> files) {
        Set<Path> real = new HashSet<>();
        for (Path file : files) {
            try {
                Path one = file.toRealPath();
                if (real.add(one)) {
                    attach(inode(one), one, Long.MAX_VALUE);
                }
            } catch (IOException | UnsupportedOperationException _) {
                // Not there.
            }
        }
    }

    /** As /proc/PID/maps would name it, on the file systems where stat(2) says the same. */
    private static Inode inode(Path file) throws IOException {
        long device = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
        long major = (device >>> 8 & 0xFFF) | (device >>> 32 & ~0xFFFL);
        long minor = (device & 0xFF) | (device >>> 12 & ~0xFFL);
        return new Inode("%02x:%02x".formatted(major, minor), String.valueOf(Files.getAttribute(file, "unix:ino")));
    }

    synchronized void follow(Found found, long now) {
        if (closed) {
            return;
        }
        found.copies().forEach((inode, path) -> {
            Held known = held.getOrDefault(inode, twins.get(inode));
            if (known == null) {
                attach(inode, path, now);
            } else if (known.seen != Long.MAX_VALUE) {
                known.seen = now;
            }
        });
        if (found.complete()) {
            letGo(now);
            passedOver.values().removeIf(since -> now - since > LINGER_NANOS);
        }
    }

    private void attach(Inode inode, Path file, long seen) {
        if (closed || held.containsKey(inode) || passedOver.containsKey(inode)) {
            return;
        }
        if (held.size() >= MOST) {
            if (!full) {
                log.warn().log("more than " + MOST + " copies of libibverbs; the others are not watched");
            }
            full = true;
            return;
        }
        try {
            Optional<Attachment> attachment = Attachment.open(file, ++number, maps);
            if (attachment.isPresent()) {
                held.put(inode, new Held(attachment.get(), number, seen));
                log.info().with("file", file).log("watching a copy of libibverbs");
                return;
            }
            log.warn().with("file", file).log("a libibverbs without " + Attachment.CHANGE + " is not watched");
        } catch (IOException e) {
            log.warn()
                    .with("file", file)
                    .with("why", String.valueOf(e.getMessage()))
                    .log("a libibverbs cannot be read");
        } catch (MayflyException e) {
            log.warn().with("file", file).with("why", e.why()).log("a libibverbs cannot be watched");
        }
        passedOver.put(inode, seen == Long.MAX_VALUE ? System.nanoTime() : seen);
    }

    private void letGo(long now) {
        for (Iterator<Held> each = held.values().iterator(); each.hasNext(); ) {
            Held one = each.next();
            if (one.seen != Long.MAX_VALUE && now - one.seen > LINGER_NANOS) {
                one.attachment.close();
                each.remove();
                twins.values().removeIf(twin -> twin == one);
                full = false;
            }
        }
    }

    /** One file is watched twice, under two names: the later one is given up. */
    synchronized void twins(int one, int other) {
        Optional<Held> kept = numbered(Math.min(one, other));
        Optional<Held> given = numbered(Math.max(one, other));
        if (kept.isEmpty() || given.isEmpty()) {
            return;
        }
        given.get().attachment.close();
        log.info().with("copies", held.size() - 1).log("two copies of libibverbs are one file");
        if (twins.size() >= MOST_TWINS) {
            twins.clear();
        }
        for (Inode inode : List.copyOf(held.keySet())) {
            if (held.get(inode) == given.get()) {
                held.remove(inode);
                twins.put(inode, kept.get());
            }
        }
        twins.replaceAll((_, of) -> of == given.get() ? kept.get() : of);
        if (given.get().seen > kept.get().seen) {
            kept.get().seen = given.get().seen;
        }
    }

    private Optional<Held> numbered(int wanted) {
        return held.values().stream().filter(each -> each.number == wanted).findFirst();
    }

    /** Whether there ever was more than one, so that records of a twin may still be on their way. */
    synchronized boolean everSeveral() {
        return number > 1;
    }

    synchronized int size() {
        return held.size();
    }

    @Override
    public synchronized void close() {
        closed = true;
        held.values().forEach(each -> each.attachment.close());
        held.clear();
    }
}
