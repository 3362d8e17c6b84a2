package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.profiles.ProfileProperty;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes the library's client as this program wants it. */
final class Clients {
    /** What stores that are not Amazon's take for a region unless they are told otherwise. */
    private static final String ANY_REGION = "us-east-1";

    private Clients() {}

    /** Variables and profile files only: asking a machine of a cloud who it is would go to the network unbidden. */
    static AwsCredentialsProvider credentials() {
        AwsCredentialsProvider provider = AwsCredentialsProviderChain.of(
                EnvironmentVariableCredentialsProvider.create(), ProfileCredentialsProvider.create());
        try {
            provider.resolveCredentials();
            return provider;
        } catch (SdkClientException e) {
            throw new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    "There is no key for the object store",
                    "neither the environment nor a profile file has one",
                    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with a file ~/.aws/credentials.");
        }
    }

    static S3Client make(S3Address address, S3Options options, AwsCredentialsProvider credentials) {
        S3Options.Patience patience = options.patience();
        Optional<URI> endpoint = endpoint(address, options);
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(patience.connect())
                        .socketTimeout(patience.stall()))
                .credentialsProvider(credentials)
                .region(Region.of(region(address, options, endpoint.isPresent())))
                // Bodies in the library's own framing are refused by many stores. Contents have digests of their own.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
                // Names of hosts for buckets are what smaller stores do not have.
                .forcePathStyle(endpoint.isPresent())
                .overrideConfiguration(
                        all -> all.retryStrategy(retries(patience)).apiCallAttemptTimeout(patience.question()));
        endpoint.ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static RetryStrategy retries(S3Options.Patience patience) {
        BackoffStrategy pauses = BackoffStrategy.exponentialDelayHalfJitter(patience.pause(), patience.longestPause());
        return AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(patience.tries())
                .backoffStrategy(pauses)
                .throttlingBackoffStrategy(pauses)
                .build();
    }

    private static Optional<URI> endpoint(S3Address address, S3Options options) {
        return address.endpoint()
                .or(() -> variable(options, "AWS_ENDPOINT_URL_S3").map(S3Address::endpoint))
                .or(() -> variable(options, "AWS_ENDPOINT_URL").map(S3Address::endpoint));
    }

    private static String region(S3Address address, S3Options options, boolean elsewhere) {
        return address.region()
                .or(() -> variable(options, "AWS_REGION").map(S3Address::region))
                .or(() -> variable(options, "AWS_DEFAULT_REGION").map(S3Address::region))
                .or(Clients::profileRegion)
                .or(() -> elsewhere ? Optional.of(ANY_REGION) : Optional.empty())
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "The region of " + address + " is not known",
                        "neither the address, nor AWS_REGION, nor a profile file says it",
                        "Add ?region=… to the address, and endpoint=… when the store is not Amazon's."));
    }

    private static Optional<String> profileRegion() {
        return ProfileFile.defaultProfileFile()
                .profile(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow())
                .flatMap(profile -> profile.property(ProfileProperty.REGION));
    }

    private static Optional<String> variable(S3Options options, String name) {
        return Optional.ofNullable(options.environment().get(name)).filter(each -> !each.isBlank());
    }
}
