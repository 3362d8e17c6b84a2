package dev.mayfly.env.repo.tar;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.codec.TagStream;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.tar.BoundedTar.BadTar;
import dev.mayfly.env.sync.References;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Takes the content of a tar stream into a repository, in one pass. Archives may come from anybody: names are an allow-list,
 * every digest is checked, members are plain files, sizes and counts are bounded, and each object must be whole, with what it
 * names in the archive or in the repository already. Of an archive that is refused nothing is kept.
 */
public final class TarImport {
    private static final int BUFFER = 1 << 20;

    private final Repository to;
    private final TarLimits limits;

    public TarImport(Repository to, TarLimits limits) {
        this.to = to;
        this.limits = limits;
    }

    /** @throws MayflyException {@code STATE_UNAVAILABLE} when it cannot be read; otherwise as {@link #read} */
    public TarReport read(Path file) {
        try (InputStream tar = Files.newInputStream(file)) {
            return read(tar, file.toString());
        } catch (IOException e) {
            throw TarExport.failed("The archive " + file + " cannot be read", e);
        }
    }

    /**
     * @param tar stays open
     * @param source for people
     * @throws MayflyException {@code CONTENT_CORRUPT} for an archive that is refused, {@code CONTENT_MISSING} for one that is
     *     not whole, {@code STATE_UNAVAILABLE} when the stream breaks
     */
    public TarReport read(InputStream tar, String source) {
        try (Ingest ingest = to.ingest()) {
            Reading reading = new Reading(ingest);
            reading.all(new BoundedTar(new BufferedInputStream(tar, BUFFER), limits));
            reading.requireWhole(source);
            ingest.publish();
            List<Tag> tags = reading.tags();
            to.tags().insert(tags);
            return reading.report(tags);
        } catch (BadTar e) {
            throw refused(source, String.valueOf(e.getMessage()), e);
        } catch (MayflyException e) {
            throw e.code() == ErrorCode.CONTENT_CORRUPT ? refused(source, e.what() + ": " + e.why(), e) : e;
        } catch (IOException e) {
            throw TarExport.failed("The archive " + source + " cannot be taken in", e);
        }
    }

    private static MayflyException refused(String source, String why, Exception cause) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                "The archive " + source + " is refused, and nothing of it is kept",
                why,
                "Export it anew, or ask whoever made it.",
                cause);
    }

    /** One pass over an archive. */
    private final class Reading {
        private final Ingest ingest;
        private final Set<Digest> objects = new HashSet<>();
        private final Set<Digest> payloads = new HashSet<>();
        private final Map<Digest, Digest> objectsNamedBy = new HashMap<>();
        private final Map<Digest, Digest> payloadsNamedBy = new HashMap<>();
        private final Map<TagName, List<Tag>> streams = new HashMap<>();
        private long members;
        private long bytes;
        private long tagBytes;
        private long leftOut;

        Reading(Ingest ingest) {
            this.ingest = ingest;
        }

        void all(BoundedTar bounded) throws IOException {
            // Closing it would close what the caller keeps open.
            @SuppressWarnings("resource")
            TarArchiveInputStream tar = new TarArchiveInputStream(bounded, StandardCharsets.UTF_8.name());
            while (true) {
                Optional<TarArchiveEntry> entry = next(tar, bounded);
                if (entry.isEmpty()) {
                    return;
                }
                if (++members > limits.entries()) {
                    throw new BadTar("it has more than " + limits.entries() + " members");
                }
                member(entry.get(), new MemberStream(tar, entry.get()));
            }
        }

        private static Optional<TarArchiveEntry> next(TarArchiveInputStream tar, BoundedTar bounded)
                throws IOException {
            bounded.between();
            Optional<TarArchiveEntry> entry;
            try {
                entry = Optional.ofNullable(tar.getNextEntry());
            } catch (BadTar e) {
                throw e;
            } catch (IOException | IllegalArgumentException e) {
                // The reader says so little about the file or the disk that all of it is the archive's fault.
                throw new BadTar("a header in it is damaged: " + e.getMessage());
            }
            if (entry.isEmpty() && !bounded.atEnd()) {
                throw new BadTar("it ends before its end");
            }
            bounded.within();
            return entry;
        }

        private void member(TarArchiveEntry entry, MemberStream content) throws IOException {
            String name = entry.getName();
            if (entry.isDirectory()) {
                if (!MemberName.staysInside(name)) {
                    throw new BadTar("the folder " + name + " leads out of it");
                }
                return;
            }
            if (!isPlain(entry)) {
                throw new BadTar("the member " + name + " is no plain file");
            }
            MemberName member = MemberName.of(name)
                    .orElseThrow(() -> new BadTar("the name " + name + " is none that an environment has"));
            switch (member) {
                case MemberName.AnObject(Digest digest) -> object(digest, content);
                case MemberName.APayload(Digest digest) -> payload(digest, content);
                case MemberName.TagStream(TagName stream) -> tags(stream, content);
                case MemberName.NoContent() -> leftOut++;
            }
            content.transferTo(OutputStream.nullOutputStream());
        }

        /** By its type alone: the reader calls devices files as well. */
        private static boolean isPlain(TarArchiveEntry entry) {
            byte type = entry.getLinkFlag();
            return (type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM) && !entry.isSparse();
        }

        private void object(Digest digest, MemberStream content) throws IOException {
            once(objects.add(digest), "object " + digest);
            Encoded object = new Encoded(digest, content.small(limits.objectBytes(), "object " + digest));
            References references = References.of(ObjectCodec.decode(object).object());
            references.objects().forEach(each -> objectsNamedBy.putIfAbsent(each, digest));
            references.payloads().keySet().forEach(each -> payloadsNamedBy.putIfAbsent(each, digest));
            ingest.object(object);
        }

        private void payload(Digest digest, MemberStream content) throws IOException {
            once(payloads.add(digest), "payload " + digest);
            bytes += content.size();
            ingest.payload(digest, content);
        }

        private void tags(TagName stream, MemberStream content) throws IOException {
            tagBytes += content.size();
            if (tagBytes > limits.tagBytes()) {
                throw new BadTar("its tags have more than " + limits.tagBytes() + " bytes");
            }
            List<Tag> read = TagStream.read(content.small(limits.tagBytes(), "stream of tags " + stream))
                    .orElseThrow(() -> new BadTar("the stream of tags " + stream + " is damaged"));
            for (Tag each : read) {
                if (!each.name().equals(stream)) {
                    throw new BadTar("the stream of tags " + stream + " has a tag of " + each.name());
                }
            }
            once(streams.putIfAbsent(stream, read) == null, "stream of tags " + stream);
        }

        private static void once(boolean first, String what) throws BadTar {
            if (!first) {
                throw new BadTar("it has the " + what + " twice");
            }
        }

        void requireWhole(String source) {
            payloadsNamedBy.forEach((payload, by) -> require(
                    payloads.contains(payload) || to.payloads().has(payload),
                    "payload " + payload,
                    "object " + by,
                    source));
            objectsNamedBy.forEach((object, by) -> require(
                    objects.contains(object) || to.objects().has(object), "object " + object, "object " + by, source));
            streams.forEach((name, tags) -> tags.forEach(tag -> require(
                    objects.contains(tag.target())
                            || payloads.contains(tag.target())
                            || to.objects().has(tag.target())
                            || to.payloads().has(tag.target()),
                    "object " + tag.target(),
                    "tag " + name,
                    source)));
        }

        private void require(boolean there, String what, String by, String source) {
            if (!there) {
                throw new MayflyException(
                        ErrorCode.CONTENT_MISSING,
                        "The " + what + " is missing",
                        "the " + by + " names it, and neither " + source + " nor " + to.address() + " has it",
                        "Export it anew with all that belongs to it; nothing was kept.");
            }
        }

        List<Tag> tags() {
            List<Tag> tags = new ArrayList<>();
            streams.keySet().stream().sorted().forEach(name -> tags.addAll(streams.get(name)));
            return tags;
        }

        TarReport report(List<Tag> tags) {
            return new TarReport(objects.size(), payloads.size(), bytes, leftOut, tags);
        }
    }
}
