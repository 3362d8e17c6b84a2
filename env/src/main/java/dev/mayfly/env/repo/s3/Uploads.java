package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * Sends contents. Large ones go in parts, and nothing is under their key before the last one is there. An upload that was
 * broken off is gone on with by whoever sends the same content next: parts that arrived are compared by their MD5, which is
 * what stores call them, and sent only when they differ. Nobody takes uploads back, since another may be at the same one.
 */
final class Uploads {
    private static final String BYTES = "application/octet-stream";
    private static final int MOST_PARTS = 10_000;

    /** Another one who ends the same upload first makes us look again; that happens once, not for ever. */
    private static final int BEGUN_ANEW = 3;

    private final Bucket bucket;
    private final S3Client client;
    private final int partBytes;

    Uploads(Bucket bucket) {
        this.bucket = bucket;
        this.client = bucket.client();
        this.partBytes = bucket.options().sizes().part();
    }

    /** Whatever is under the key, it is this content then. */
    void send(String key, Spool.Kept content) {
        if (content.size() <= partBytes) {
            bucket.put(
                    key,
                    body(content, 0, content.size()),
                    base64(content.digest().bytes()));
        } else {
            inParts(key, content);
        }
    }

    private void inParts(String key, Spool.Kept content) {
        if (content.size() / partBytes >= MOST_PARTS) {
            throw new MayflyException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "A content of " + content.size() + " bytes does not fit into " + bucket.address(),
                    "one has at most " + MOST_PARTS + " parts of " + partBytes + " bytes",
                    "Keep it in another kind of repository, or as several files.");
        }
        for (int i = 0; i < BEGUN_ANEW; i++) {
            Optional<String> begun = begun(key);
            String upload = begun.orElseGet(() -> begin(key));
            try {
                client.completeMultipartUpload(complete -> complete.bucket(bucket.name())
                        .key(bucket.full(key))
                        .uploadId(upload)
                        .multipartUpload(parts -> parts.parts(parts(key, upload, begun.isPresent(), content)))
                        .overrideConfiguration(
                                Bucket.within(bucket.options().patience().transfer())));
                return;
            } catch (AwsServiceException e) {
                if (!Failures.isMissing(e)) {
                    throw failed(key, e);
                }
                // Somebody ended this upload, perhaps we: an answer may have been lost.
                if (bucket.size(key).filter(size -> size == content.size()).isPresent()) {
                    return;
                }
            } catch (SdkException e) {
                throw failed(key, e);
            }
        }
        throw new MayflyException(
                ErrorCode.REMOTE_UNREACHABLE,
                "Writing " + key + " in " + bucket.address() + " does not come to its end",
                "its uploads vanished " + BEGUN_ANEW + " times",
                "See whether something deletes uploads of this bucket, and try again.");
    }

    private MayflyException failed(String key, SdkException e) {
        return Failures.of(bucket.address(), "Writing " + key, e);
    }

    /** The newest upload of this key that nobody has ended. */
    private Optional<String> begun(String key) {
        try {
            ListMultipartUploadsResponse uploads =
                    client.listMultipartUploads(ask -> ask.bucket(bucket.name()).prefix(bucket.full(key)));
            return uploads.uploads().stream()
                    .filter(each -> bucket.full(key).equals(each.key()))
                    .max(Comparator.comparing(MultipartUpload::initiated))
                    .map(MultipartUpload::uploadId);
        } catch (AwsServiceException e) {
            // It is a way to send less. Where it is not allowed or not known, all parts are sent.
            return Optional.empty();
        } catch (SdkException e) {
            throw failed(key, e);
        }
    }

    private String begin(String key) {
        return bucket.done(
                "Writing " + key,
                () -> client.createMultipartUpload(
                                ask -> ask.bucket(bucket.name()).key(bucket.full(key)))
                        .uploadId());
    }

    /** Sends what is missing. @throws AwsServiceException when the upload is gone */
    private List<CompletedPart> parts(String key, String upload, boolean goesOn, Spool.Kept content) {
        Map<Integer, Part> there = goesOn ? there(key, upload) : Map.of();
        List<CompletedPart> parts = new ArrayList<>();
        int number = 1;
        for (long from = 0; from < content.size(); from += partBytes) {
            long start = from;
            long length = Math.min(partBytes, content.size() - from);
            int current = number++;
            byte[] md5 = md5(content, from, length);
            String etag = Optional.ofNullable(there.get(current))
                    .filter(part -> part.size() == length && Md5.names(part.eTag(), md5))
                    .map(Part::eTag)
                    .orElseGet(() -> client.uploadPart(
                                    ask -> ask.bucket(bucket.name())
                                            .key(bucket.full(key))
                                            .uploadId(upload)
                                            .partNumber(current)
                                            .contentMD5(base64(md5))
                                            .overrideConfiguration(Bucket.within(
                                                    bucket.options().patience().transfer())),
                                    body(content, start, length))
                            .eTag());
            parts.add(CompletedPart.builder().partNumber(current).eTag(etag).build());
        }
        return parts;
    }

    private Map<Integer, Part> there(String key, String upload) {
        Map<Integer, Part> there = new TreeMap<>();
        client
                .listPartsPaginator(
                        ask -> ask.bucket(bucket.name()).key(bucket.full(key)).uploadId(upload))
                .parts()
                .stream()
                .limit(MOST_PARTS)
                .forEach(part -> there.put(part.partNumber(), part));
        return there;
    }

    private static RequestBody body(Spool.Kept content, long from, long length) {
        return RequestBody.fromContentProvider(() -> content.open(from, length), length, BYTES);
    }

    private static byte[] md5(Spool.Kept content, long from, long length) {
        try (InputStream in = content.open(from, length)) {
            MessageDigest sum = Md5.start();
            byte[] buffer = new byte[64 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
            return sum.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
