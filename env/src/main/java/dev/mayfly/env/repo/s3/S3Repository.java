package dev.mayfly.env.repo.s3;

import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** A repository in a bucket. */
public final class S3Repository implements Repository {
    private final Bucket bucket;
    private final Mark mark;

    private S3Repository(Bucket bucket) {
        this.bucket = bucket;
        this.mark = new Mark(bucket);
    }

    /**
     * Makes an empty repository in a bucket that is there.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code REPOSITORY_UNSUITABLE} when there is one already, or the store
     *     cannot compare and set
     */
    public static void init(S3Address address, S3Options options) {
        init(address, options, Clients.credentials());
    }

    static void init(S3Address address, S3Options options, AwsCredentialsProvider credentials) {
        try (S3Repository repository = over(address, options, credentials)) {
            repository.mark.make();
        }
    }

    /**
     * @throws dev.mayfly.base.error.MayflyException {@code REPOSITORY_MISSING}, {@code REPOSITORY_UNSUITABLE},
     *     {@code REMOTE_UNREACHABLE}
     */
    public static S3Repository open(S3Address address, S3Options options) {
        return open(address, options, Clients.credentials());
    }

    static S3Repository open(S3Address address, S3Options options, AwsCredentialsProvider credentials) {
        S3Repository repository = over(address, options, credentials);
        boolean usable = false;
        try {
            repository.mark.require();
            usable = true;
            return repository;
        } finally {
            if (!usable) {
                repository.close();
            }
        }
    }

    private static S3Repository over(S3Address address, S3Options options, AwsCredentialsProvider credentials) {
        return new S3Repository(new Bucket(Clients.make(address, options, credentials), address, options));
    }

    @Override
    public String address() {
        return bucket.address();
    }

    @Override
    public Objects objects() {
        return new S3Objects(bucket);
    }

    @Override
    public Payloads payloads() {
        return new S3Payloads(bucket);
    }

    @Override
    public Tags tags() {
        return new S3Tags(bucket, mark);
    }

    @Override
    public Ingest ingest() {
        mark.requireConditions();
        return new S3Ingest(bucket);
    }

    @Override
    public void close() {
        bucket.client().close();
    }

    @Override
    public String toString() {
        return "S3Repository[" + address() + "]";
    }
}
