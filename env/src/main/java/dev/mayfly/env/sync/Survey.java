package dev.mayfly.env.sync;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** What the destination needs of the graph below some digests: reads it level by level, several objects at a time. */
final class Survey {
    /** Encoded objects are kept between reading and writing them up to this many bytes; others are read again. */
    private static final long KEPT_BYTES = 64L << 20;

    /**
     * @param size bytes, negative when unknown
     * @param namedBy for people
     */
    record Need(long size, String namedBy) {}

    /** What is found there already is kept there by the ingest, so that it is not collected before a tag names it. */
    record Destination(Repository repository, Ingest ingest) {}

    private record Step(Digest digest, String namedBy) {}

    private final Repository from;
    private final Optional<Destination> to;
    private final CopyOptions options;
    private final Counts counts;
    private final Set<Digest> seen = ConcurrentHashMap.newKeySet();
    /** Sorted, so that the order of a copy or an archive does not hang on which object was read first. */
    private final Map<Digest, List<Digest>> below = new ConcurrentSkipListMap<>();

    private final Map<Digest, Encoded> kept = new ConcurrentHashMap<>();
    private final AtomicLong keptBytes = new AtomicLong();
    private final Map<Digest, Need> payloads = new ConcurrentSkipListMap<>();

    /** @param to where some of it may be already; empty when it goes elsewhere */
    Survey(Repository from, Optional<Destination> to, CopyOptions options, Counts counts) {
        this.from = from;
        this.to = to;
        this.options = options;
        this.counts = counts;
    }

    /** @param roots with who names them */
    void read(Map<Digest, String> roots) {
        List<Step> level = new ArrayList<>();
        roots.forEach((digest, namedBy) -> level.add(new Step(digest, namedBy)));
        List<Step> now = level;
        while (!now.isEmpty()) {
            List<Step> next = new ArrayList<>();
            new Together(options.objects()).each(now, step -> {
                if (seen.add(step.digest())) {
                    List<Step> found = visit(step);
                    synchronized (next) {
                        next.addAll(found);
                    }
                }
            });
            now = next;
        }
    }

    private List<Step> visit(Step step) {
        Digest digest = step.digest();
        boolean there = to.filter(each -> each.ingest().keepsObject(digest)).isPresent();
        if (there && options.existing() == CopyOptions.Existing.TRUST) {
            return List.of();
        }
        Optional<Encoded> found = from.objects().find(digest);
        if (found.isEmpty() && there) {
            found = to.flatMap(each -> each.repository().objects().find(digest));
        }
        if (found.isEmpty()) {
            if (from.payloads().has(digest)
                    || to.filter(each -> each.ingest().keepsPayload(digest)).isPresent()) {
                need(digest, new Need(-1, step.namedBy()));
                return List.of();
            }
            throw missing("object", digest, step.namedBy(), from);
        }
        EnvObject object = ObjectCodec.decode(found.get()).object();
        String name = name(object, digest);
        References references = References.of(object);
        if (!there) {
            counts.objectFound();
            keep(found.get());
        }
        references.payloads().forEach((payload, size) -> need(payload, new Need(size, name)));
        below.put(digest, references.objects());
        return references.objects().stream().map(each -> new Step(each, name)).toList();
    }

    private void need(Digest payload, Need need) {
        if (payloads.putIfAbsent(payload, need) == null) {
            counts.payloadFound(need.size());
        }
    }

    private void keep(Encoded encoded) {
        int size = encoded.bytes().length;
        if (keptBytes.addAndGet(size) <= KEPT_BYTES) {
            kept.put(encoded.digest(), encoded);
        } else {
            keptBytes.addAndGet(-size);
        }
    }

    /** Contents of files below, sorted by digest. */
    Map<Digest, Need> payloads() {
        return payloads;
    }

    /** Objects below, each after all that it names. Some may be in the destination already. */
    List<Digest> childrenFirst() {
        List<Digest> order = new ArrayList<>();
        Set<Digest> opened = new HashSet<>();
        Set<Digest> done = new HashSet<>();
        Deque<Digest> path = new ArrayDeque<>(below.keySet());
        while (!path.isEmpty()) {
            Digest at = path.peek();
            if (opened.add(at)) {
                for (Digest each : below.getOrDefault(at, List.of())) {
                    if (below.containsKey(each) && !opened.contains(each)) {
                        path.push(each);
                    }
                }
            } else {
                path.pop();
                if (done.add(at)) {
                    order.add(at);
                }
            }
        }
        return order;
    }

    /** An object that was read, from memory or once more from the source. */
    Optional<Encoded> object(Digest digest) {
        Optional<Encoded> held = Optional.ofNullable(kept.get(digest));
        return held.isPresent() ? held : from.objects().find(digest);
    }

    static MayflyException missing(String kind, Digest digest, String namedBy, Repository where) {
        return new MayflyException(
                ErrorCode.CONTENT_MISSING,
                "The " + kind + " " + digest + " is missing",
                namedBy + " names it, and " + where.address() + " does not have it",
                "Copy it there from a repository that has it, or check that one with --pull.");
    }

    static String name(EnvObject object, Digest digest) {
        String kind = switch (object) {
            case Blob _ -> "blob";
            case Manifest _ -> "manifest";
            case Layer _ -> "layer";
            case Platform _ -> "platform";
        };
        return "the " + kind + " " + digest;
    }
}
