package dev.mayfly.env.sync;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.CheckedStream;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Copies content and the tags that name it from one repository to another.
 *
 * <p>Order: payloads, then objects, children before parents; one {@link Ingest#publish}; tags last. A copy that dies leaves
 * no tag for what is not whole, and the next one leaves out what the destination has by then. Objects are copied as bytes
 * with their headers, so digests stay; the destination checks every digest.
 */
public final class Copier {
    private final CopyOptions options;
    private final CopyListener listener;

    public Copier(CopyOptions options, CopyListener listener) {
        this.options = options;
        this.listener = listener;
    }

    /**
     * @throws MayflyException {@code REF_UNKNOWN} for a tag that the source does not have; {@code CONTENT_MISSING} when
     *     something below is in neither repository; what the repositories throw
     */
    public CopyReport copy(Repository from, Repository to, List<Wanted> wanted) {
        Targets targets = Targets.of(from, wanted);
        Counts counts = new Counts(listener);
        try (Ingest ingest = to.ingest()) {
            Survey survey = new Survey(from, Optional.of(new Survey.Destination(to, ingest)), options, counts);
            survey.read(targets.roots());
            new Together(options.payloads())
                    .each(
                            survey.payloads().entrySet(),
                            each -> payload(from, ingest, each.getKey(), each.getValue(), counts));
            for (Digest digest : survey.childrenFirst()) {
                if (!ingest.keepsObject(digest)) {
                    Encoded object = survey.object(digest)
                            .orElseThrow(() -> Survey.missing("object", digest, "what was read a moment ago", from));
                    ingest.object(object);
                    counts.objectCopied();
                }
            }
            ingest.publish();
            // While the ingest still keeps what it found there.
            to.tags().insert(targets.tags());
        }
        return new CopyReport(counts.now(), targets.tags());
    }

    private static void payload(Repository from, Ingest ingest, Digest digest, Survey.Need need, Counts counts) {
        if (ingest.keepsPayload(digest)) {
            counts.payloadThere();
        } else {
            Payload payload = from.payloads()
                    .find(digest)
                    .orElseThrow(() -> Survey.missing("payload", digest, need.namedBy(), from));
            transfer(payload, digest, need, ingest::payload, from);
            counts.payloadCopied(payload.size());
        }
        // Some repositories keep an object for each payload, and SPFS looks for it.
        if (!ingest.keepsObject(digest)) {
            from.objects().find(digest).ifPresent(ingest::object);
        }
    }

    /** Takes in content that should have a digest. */
    interface Put {
        void put(Digest expected, InputStream content) throws IOException;
    }

    static void transfer(Payload payload, Digest digest, Survey.Need need, Put to, Repository from) {
        try (InputStream content = payload.open()) {
            to.put(digest, content);
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.CONTENT_CORRUPT) {
                throw e;
            }
            throw damaged(digest, e.why(), need, from, e);
        } catch (CheckedStream.WrongDigest e) {
            throw damaged(digest, String.valueOf(e.getMessage()), need, from, e);
        } catch (IOException e) {
            if (e.getCause() instanceof MayflyException known) {
                throw known;
            }
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "The payload " + digest + " could not be copied from " + from.address(),
                    Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName()),
                    "Start it again; what was copied whole is not copied again.",
                    e);
        }
    }

    private static MayflyException damaged(
            Digest digest, String why, Survey.Need need, Repository from, Exception cause) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                "The payload " + digest + " came damaged from " + from.address(),
                why + "; " + need.namedBy() + " names it",
                "Check that repository; nothing of it was kept here.",
                cause);
    }
}
