package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Keys below the prefix of a repository, and what may be done with them. Failures are ours; requests are tried again. */
final class Bucket {
    /** @param etag what a store calls this version of what is under a key */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Found(byte[] bytes, String etag) {}

    /** When something may be written. */
    sealed interface Condition {
        record IsNew() implements Condition {}

        record IsStill(String etag) implements Condition {}
    }

    private final S3Client client;
    private final S3Address address;
    private final S3Options options;
    private final String prefix;

    Bucket(S3Client client, S3Address address, S3Options options) {
        this.client = client;
        this.address = address;
        this.options = options;
        this.prefix = address.prefix().isEmpty() ? "" : address.prefix() + "/";
    }

    S3Client client() {
        return client;
    }

    String address() {
        return address.toString();
    }

    S3Options options() {
        return options;
    }

    String name() {
        return address.bucket();
    }

    String full(String key) {
        return prefix + key;
    }

    /** Bytes under a key. */
    Optional<Long> size(String key) {
        return found(
                "Looking for " + key,
                () -> Optional.ofNullable(
                                client.headObject(ask -> ask.bucket(name()).key(full(key)))
                                        .contentLength())
                        .orElseThrow(() -> wrong("it does not say how many bytes " + key + " has")));
    }

    /** @param most bytes; more than that are a wrong answer */
    Optional<Found> find(String key, int most) {
        String what = "Reading " + key;
        Optional<ResponseBytes<GetObjectResponse>> found = found(
                what,
                () -> client.getObject(
                        ask -> ask.bucket(name()).key(full(key)),
                        (GetObjectResponse answer, AbortableInputStream in) -> {
                            long size =
                                    Optional.ofNullable(answer.contentLength()).orElse(-1L);
                            if (size < 0 || size > most) {
                                in.abort();
                                throw wrong(key + " has " + size + " bytes, and at most " + most + " are taken");
                            }
                            return ResponseBytes.fromByteArrayUnsafe(answer, exactly(in, (int) size));
                        }));
        return found.map(each -> new Found(
                each.asByteArrayUnsafe(),
                Optional.ofNullable(each.response().eTag())
                        .orElseThrow(() -> wrong(key + " has no ETag, without which nobody can tell its versions"))));
    }

    /** So many bytes from there on, all of them. */
    byte[] range(String key, long from, int length) {
        long last = from + length - 1;
        ResponseTransformer<GetObjectResponse, byte[]> whole = (answer, in) -> {
            boolean asAsked = Optional.ofNullable(answer.contentRange())
                    .map(each -> each.startsWith("bytes " + from + "-" + last + "/"))
                    .orElse(from == 0);
            if (!asAsked || Optional.ofNullable(answer.contentLength()).orElse(-1L) != length) {
                in.abort();
                throw wrong("asked for " + length + " bytes of " + key + " from byte " + from + ", it gave "
                        + answer.contentLength() + " (" + answer.contentRange() + ")");
            }
            return exactly(in, length);
        };
        String what = "Reading " + key;
        return found(
                        what,
                        () -> client.getObject(
                                ask -> ask.bucket(name()).key(full(key)).range("bytes=" + from + "-" + last), whole))
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.CONTENT_MISSING,
                        key + " is missing in " + address,
                        "it was there a moment ago",
                        "Copy it there again from a repository that has it."));
    }

    /** What ends early is tried again, and what goes on beyond its end is not what was asked for. */
    private static byte[] exactly(InputStream in, int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw RetryableException.create("the answer ended after " + bytes.length + " of " + length + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw RetryableException.create(String.valueOf(e.getMessage()), e);
        }
    }

    /** Writes whatever is there, and says what the store must compare with what arrived. */
    void put(String key, RequestBody body, String sha256) {
        done(
                "Writing " + key,
                () -> client.putObject(
                        ask -> ask.bucket(name())
                                .key(full(key))
                                .checksumSHA256(sha256)
                                .overrideConfiguration(within(options.patience().transfer())),
                        body));
    }

    static Consumer<AwsRequestOverrideConfiguration.Builder> within(Duration eachTry) {
        return request -> request.apiCallAttemptTimeout(eachTry);
    }

    /**
     * Writes when the condition holds.
     *
     * @return whether it did; false also when a try before was answered by silence and had written
     * @throws MayflyException {@code REPOSITORY_UNSUITABLE} from a store that does not know conditions
     */
    boolean put(String key, byte[] content, Condition condition) {
        PutObjectRequest.Builder ask = PutObjectRequest.builder().bucket(name()).key(full(key));
        switch (condition) {
            case Condition.IsNew() -> ask.ifNoneMatch("*");
            case Condition.IsStill(String etag) -> ask.ifMatch(etag);
        }
        try {
            client.putObject(ask.build(), RequestBody.fromBytes(content));
            return true;
        } catch (AwsServiceException e) {
            if (Failures.isConflict(e)) {
                return false;
            }
            throw Failures.isNotBuilt(e) ? withoutConditions(e) : Failures.of(address(), "Writing " + key, e);
        } catch (SdkException e) {
            throw Failures.of(address(), "Writing " + key, e);
        }
    }

    MayflyException withoutConditions(Throwable... cause) {
        MayflyException failure = new MayflyException(
                ErrorCode.REPOSITORY_UNSUITABLE,
                "The object store of " + address + " cannot keep a repository that is written to",
                "it writes whatever a request says about what must be there before (If-Match, If-None-Match), or does not know"
                        + " such requests; tags that two people push at once would be lost",
                "Use a store with conditional writes (Amazon S3, MinIO, Ceph, R2 and others have them), or serve a folder with"
                        + " mayfly env server.");
        for (Throwable each : cause) {
            failure.addSuppressed(each);
        }
        return failure;
    }

    /** @param size bytes */
    record Listed(String key, long size) {}

    /** Keys that begin so, page by page. */
    void list(String beginning, Consumer<Listed> found) {
        Optional<String> next = Optional.empty();
        do {
            Optional<String> from = next;
            ListObjectsV2Response page = done(
                    "Listing " + beginning,
                    () -> client.listObjectsV2(
                            ask -> ask.bucket(name()).prefix(full(beginning)).continuationToken(from.orElse(null))));
            if (page.isTruncated() == null) {
                throw wrong("what it gave for a list of " + beginning + " is none");
            }
            page.contents().forEach(each -> {
                if (each.key().startsWith(prefix)) {
                    found.accept(new Listed(each.key().substring(prefix.length()), each.size()));
                }
            });
            next = page.isTruncated() ? Optional.ofNullable(page.nextContinuationToken()) : Optional.empty();
            if (next.isPresent() && next.equals(from)) {
                throw wrong("its list of " + beginning + " comes again and again to the same place");
            }
        } while (next.isPresent());
    }

    <T> T done(String what, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            throw Failures.of(address(), what, e);
        }
    }

    /** Empty when there is no such key. */
    private <T> Optional<T> found(String what, Supplier<T> request) {
        try {
            return Optional.of(request.get());
        } catch (AwsServiceException e) {
            if (Failures.isMissing(e)) {
                return Optional.empty();
            }
            throw Failures.of(address(), what, e);
        } catch (SdkException e) {
            throw Failures.of(address(), what, e);
        }
    }

    MayflyException wrong(String why) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                "The object store " + address + " gave a wrong answer",
                why,
                "Check that repository; nothing of the answer was kept.");
    }
}
