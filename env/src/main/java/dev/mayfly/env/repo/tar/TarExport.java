package dev.mayfly.env.repo.tar;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.codec.TagStream;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.CheckedStream;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.sync.Contents;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.Wanted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes content and its tags to a tar stream. The same content gives the same bytes: members are sorted, and their times and
 * owners are zero. Payloads come first and tags last; each payload has its blob object, which SPFS looks for.
 */
public final class TarExport {
    private static final int MODE = 0100644;

    private final Repository from;
    private final CopyOptions options;

    public TarExport(Repository from, CopyOptions options) {
        this.from = from;
        this.options = options;
    }

    /**
     * Puts the archive in the place of a file that may be there; when it throws, that one is as it was.
     *
     * @throws MayflyException {@code STATE_UNAVAILABLE} when it cannot be written; otherwise as {@link #write}
     */
    public void replace(Path file, List<Wanted> wanted) {
        try {
            DurableFile.replace(file, out -> write(out, wanted));
        } catch (IOException e) {
            throw failed("The archive " + file + " cannot be written", e);
        }
    }

    /**
     * @param out stays open
     * @throws MayflyException {@code REF_UNKNOWN}, {@code CONTENT_MISSING}, {@code CONTENT_CORRUPT}
     */
    public void write(OutputStream out, List<Wanted> wanted) throws IOException {
        Contents contents = Contents.of(from, wanted, options);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        for (Digest each : contents.payloads()) {
            payload(tar, each, contents.namedBy(each));
        }
        for (Digest each : contents.objects()) {
            if (!contents.payloads().contains(each)) {
                member(tar, MemberName.ofObject(each), contents.object(each).bytes());
            }
        }
        Map<TagName, List<Tag>> streams =
                contents.tags().stream().collect(Collectors.groupingBy(Tag::name, TreeMap::new, Collectors.toList()));
        for (Map.Entry<TagName, List<Tag>> each : streams.entrySet()) {
            member(tar, MemberName.ofTags(each.getKey()), TagStream.write(each.getValue()));
        }
        tar.finish();
    }

    private void payload(TarArchiveOutputStream tar, Digest digest, String namedBy) throws IOException {
        Payload payload = from.payloads()
                .find(digest)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.CONTENT_MISSING,
                        "The payload " + digest + " is missing",
                        namedBy + " names it, and " + from.address() + " does not have it",
                        "Fetch it with check --pull."));
        try (InputStream content = payload.open();
                InputStream checked = new CheckedStream(content, digest)) {
            member(tar, MemberName.ofPayload(digest), payload.size(), checked);
        } catch (CheckedStream.WrongDigest e) {
            throw new MayflyException(
                    ErrorCode.CONTENT_CORRUPT,
                    "The payload " + digest + " in " + from.address() + " is damaged",
                    String.valueOf(e.getMessage()),
                    "Fetch it anew with check --pull.",
                    e);
        }
        Optional<Encoded> blob = from.objects().find(digest);
        byte[] object = blob.orElseGet(() -> ObjectCodec.encode(new Blob(digest, payload.size()), Form.USUAL))
                .bytes();
        member(tar, MemberName.ofObject(digest), object);
    }

    private static void member(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        member(tar, name, content.length, new ByteArrayInputStream(content));
    }

    private static void member(TarArchiveOutputStream tar, String name, long size, InputStream content)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(MODE);
        entry.setModTime(0);
        entry.setIds(0, 0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
        content.transferTo(tar);
        tar.closeArchiveEntry();
    }

    static MayflyException failed(String what, IOException e) {
        if (e.getCause() instanceof MayflyException known) {
            return known;
        }
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                what,
                Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName()),
                "Look at the disk and at the permissions of that place.",
                e);
    }
}
