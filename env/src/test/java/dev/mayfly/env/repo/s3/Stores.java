package dev.mayfly.env.repo.s3;

import dev.mayfly.testkit.s3.S3Server;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** What tests of object stores have in common. */
final class Stores {
    static final int MIB = 1 << 20;

    private Stores() {}

    static AwsCredentialsProvider key() {
        return key(S3Server.SECRET_KEY);
    }

    static AwsCredentialsProvider key(String secret) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Server.ACCESS_KEY, secret));
    }

    static S3Address at(int port, String prefix) {
        return new S3Address(
                S3Server.BUCKET, prefix, Optional.of(URI.create("http://127.0.0.1:" + port)), Optional.of("us-east-1"));
    }

    /** Small parts and pieces, so that little content has several: a real store wants parts of 5 MiB. */
    static S3Options options(Path temp) {
        return S3Options.usual(temp.resolve("spool"), Map.of()).with(new S3Options.Sizes(5 * MIB, MIB, 4 * MIB, MIB));
    }

    /** For stores that answer soon or not at all. */
    static S3Options.Patience impatient(Duration eachTry, int tries) {
        return new S3Options.Patience(
                eachTry, eachTry, eachTry, eachTry, tries, Duration.ofMillis(1), Duration.ofMillis(20), 10);
    }
}
