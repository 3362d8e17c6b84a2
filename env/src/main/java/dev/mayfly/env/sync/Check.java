package dev.mayfly.env.sync;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.CheckedStream;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks whether everything below some digests is there. A deep check also reads each payload and compares its digest, which
 * takes as long as reading the disk.
 */
public final class Check {
    /** A graph has few levels; each round of healing can uncover one more. */
    private static final int ROUNDS = 64;

    private final int atOnce;
    private final boolean deep;
    private final Listener listener;

    /** Hears how it goes, one call at a time. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param payloads looked at so far
         * @param found of how many; known when all objects are read
         * @param bytes read back, when the check is deep
         */
        void at(long payloads, long found, long bytes);
    }

    public Check(int atOnce, boolean deep) {
        this(atOnce, deep, (_, _, _) -> {});
    }

    public Check(int atOnce, boolean deep, Listener listener) {
        this.atOnce = atOnce;
        this.deep = deep;
        this.listener = listener;
    }

    /** What all tags of a repository name, to be checked. */
    public static Map<Digest, String> tagged(Repository repository) {
        return tagged(repository.tags());
    }

    /** The same for those of another namespace. */
    public static Map<Digest, String> tagged(Tags tags) {
        Map<Digest, String> roots = new LinkedHashMap<>();
        tags.each("", name -> tags.history(name).forEach(tag -> roots.putIfAbsent(tag.target(), "the tag " + name)));
        return roots;
    }

    /** @param roots with who names them */
    public CheckReport run(Repository repository, Map<Digest, String> roots) {
        Inspection inspection = new Inspection(repository, atOnce, deep, listener);
        inspection.read(roots);
        return new CheckReport(
                inspection.objects(), inspection.payloads(), inspection.bytes(), inspection.faults(), List.of());
    }

    /**
     * Checks, fetches what is missing or damaged from another repository, and checks again. What that one does not have
     * stays a fault; so does damaged content that the repository does not replace.
     */
    public CheckReport heal(Repository repository, Repository from, Map<Digest, String> roots) {
        CheckReport report = run(repository, roots);
        Set<Fault> met = new TreeSet<>(Comparator.comparing(Fault::kind).thenComparing(Fault::digest));
        for (int round = 0; round < ROUNDS && met.addAll(report.faults()); round++) {
            try (Ingest ingest = repository.ingest()) {
                new Together(atOnce).each(report.faults(), fault -> fetch(fault, from, ingest));
                ingest.publish();
            }
            report = run(repository, roots);
        }
        report.faults().forEach(met::remove);
        return new CheckReport(
                report.objects(), report.payloads(), report.bytes(), report.faults(), new ArrayList<>(met));
    }

    private static void fetch(Fault fault, Repository from, Ingest ingest) {
        try {
            switch (fault.kind()) {
                case OBJECT_MISSING -> from.objects().find(fault.digest()).ifPresent(ingest::object);
                case OBJECT_CORRUPT -> from.objects().find(fault.digest()).ifPresent(ingest::replaceObject);
                case PAYLOAD_MISSING -> content(fault, from, ingest::payload);
                case PAYLOAD_CORRUPT -> content(fault, from, ingest::replacePayload);
            }
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.CONTENT_CORRUPT) {
                throw e;
            }
            // The other repository has it damaged as well: the fault stays and is reported.
        }
    }

    private static void content(Fault fault, Repository from, Copier.Put put) {
        from.payloads()
                .find(fault.digest())
                .ifPresent(found ->
                        Copier.transfer(found, fault.digest(), new Survey.Need(-1, fault.namedBy()), put, from));
    }

    /** One reading of the graph. */
    private static final class Inspection {
        private record Step(Digest digest, String namedBy) {}

        private final Repository repository;
        private final Together together;
        private final boolean deep;
        private final Set<Digest> seen = new TreeSet<>();
        private final Map<Digest, String> payloads = new LinkedHashMap<>();
        private final List<Fault> faults = new ArrayList<>();
        private List<Step> next = new ArrayList<>();
        private final Listener listener;
        private long objects;
        private long looked;
        private long bytes;

        Inspection(Repository repository, int atOnce, boolean deep, Listener listener) {
            this.listener = listener;
            this.repository = repository;
            this.together = new Together(atOnce);
            this.deep = deep;
        }

        void read(Map<Digest, String> roots) {
            roots.forEach(this::later);
            while (!next.isEmpty()) {
                List<Step> now = next;
                next = new ArrayList<>();
                together.each(now, this::object);
            }
            together.each(List.copyOf(payloads.entrySet()), each -> payload(each.getKey(), each.getValue()));
        }

        private synchronized void later(Digest digest, String namedBy) {
            if (seen.add(digest)) {
                next.add(new Step(digest, namedBy));
            }
        }

        private void object(Step step) {
            EnvObject object;
            try {
                Optional<Encoded> found = repository.objects().find(step.digest());
                if (found.isEmpty() && repository.payloads().has(step.digest())) {
                    content(step.digest(), step.namedBy());
                    return;
                }
                if (found.isEmpty()) {
                    fault(Fault.Kind.OBJECT_MISSING, step.digest(), step.namedBy());
                    return;
                }
                object = ObjectCodec.decode(found.get()).object();
            } catch (MayflyException e) {
                if (e.code() != ErrorCode.CONTENT_CORRUPT) {
                    throw e;
                }
                fault(Fault.Kind.OBJECT_CORRUPT, step.digest(), step.namedBy());
                return;
            }
            String name = Survey.name(object, step.digest());
            References references = References.of(object);
            synchronized (this) {
                objects++;
            }
            references.objects().forEach(each -> later(each, name));
            references.payloads().keySet().forEach(each -> content(each, name));
        }

        private synchronized void content(Digest digest, String namedBy) {
            payloads.putIfAbsent(digest, namedBy);
        }

        private void payload(Digest digest, String namedBy) {
            Optional<Payload> found = repository.payloads().find(digest);
            if (found.isEmpty()) {
                fault(Fault.Kind.PAYLOAD_MISSING, digest, namedBy);
            } else if (deep && !isWhole(digest, found.get())) {
                fault(Fault.Kind.PAYLOAD_CORRUPT, digest, namedBy);
            }
            synchronized (this) {
                listener.at(++looked, payloads.size(), bytes);
            }
        }

        private boolean isWhole(Digest digest, Payload payload) {
            try (InputStream content = payload.open();
                    CheckedStream checked = new CheckedStream(content, digest)) {
                checked.transferTo(OutputStream.nullOutputStream());
                synchronized (this) {
                    bytes += checked.count();
                }
                return true;
            } catch (IOException e) {
                // A disk that cannot read it back has it no more, either.
                if (e.getCause() instanceof MayflyException known && known.code() != ErrorCode.CONTENT_CORRUPT) {
                    throw known;
                }
                return false;
            }
        }

        private synchronized void fault(Fault.Kind kind, Digest digest, String namedBy) {
            faults.add(new Fault(kind, digest, namedBy));
        }

        synchronized long objects() {
            return objects;
        }

        synchronized long payloads() {
            return payloads.size();
        }

        synchronized long bytes() {
            return bytes;
        }

        synchronized List<Fault> faults() {
            return faults.stream()
                    .sorted(Comparator.comparing(Fault::kind).thenComparing(Fault::digest))
                    .toList();
        }
    }
}
