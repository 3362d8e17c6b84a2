package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** What a store says, and what becomes of the way to it, as ours. Keys and signatures are in none of it. */
final class Failures {
    static final int NOT_FOUND = 404;

    private static final int MOVED = 301;
    private static final int MOVED_FOR_NOW = 307;
    private static final int MOVED_FOR_GOOD = 308;
    private static final int UNKNOWN_CALLER = 401;
    private static final int DENIED = 403;
    private static final int NO_METHOD = 405;
    private static final int CONFLICT = 409;
    private static final int CONDITION_FAILED = 412;
    private static final int TOO_MANY = 429;
    private static final int SERVER = 500;
    private static final int NOT_BUILT = 501;
    private static final int FULL = 507;
    private static final Set<String> FULL_WORDS =
            Set.of("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded");
    private static final Set<String> REGION_WORDS = Set.of(
            "AuthorizationHeaderMalformed",
            "PermanentRedirect",
            "TemporaryRedirect",
            "IllegalLocationConstraintException");

    /** Words of strangers should be short. */
    private static final int LONGEST = 500;

    private Failures() {}

    /** Whether the store kept a condition of ours by not writing. */
    static boolean isConflict(AwsServiceException failure) {
        int status = failure.statusCode();
        // 404: the key that was to be replaced is gone.
        return status == CONDITION_FAILED
                || status == CONFLICT
                || (status == NOT_FOUND && !word(failure).equals("NoSuchBucket"));
    }

    static boolean isNotBuilt(AwsServiceException failure) {
        return failure.statusCode() == NOT_BUILT
                || failure.statusCode() == NO_METHOD
                || word(failure).equals("NotImplemented");
    }

    static boolean isMissing(AwsServiceException failure) {
        return failure.statusCode() == NOT_FOUND && !word(failure).equals("NoSuchBucket");
    }

    private static String word(AwsServiceException failure) {
        return Optional.ofNullable(failure.awsErrorDetails())
                .map(AwsErrorDetails::errorCode)
                .orElse("");
    }

    /** @param what was done, for example "Reading objects/AB/CD" */
    static MayflyException of(String address, String what, SdkException failure) {
        // The library wraps what is thrown by who reads an answer.
        for (Throwable each = failure.getCause(); each != null; each = each.getCause()) {
            if (each instanceof MayflyException known) {
                return known;
            }
        }
        return switch (failure) {
            case AwsServiceException answer -> answered(address, what, answer);
            case ApiCallTimeoutException e ->
                unreachable(address, what, "it took longer than it may, also when tried again", e);
            case ApiCallAttemptTimeoutException e ->
                unreachable(address, what, "no whole answer came in time, also when tried again", e);
            case AbortedException e -> unreachable(address, what, "the wait was interrupted", e);
            default -> unreachable(address, what, cause(failure), failure);
        };
    }

    private static MayflyException answered(String address, String what, AwsServiceException answer) {
        int status = answer.statusCode();
        String why = said(answer);
        if (word(answer).equals("NoSuchBucket")) {
            return new MayflyException(
                    ErrorCode.REPOSITORY_MISSING,
                    "There is no such bucket: " + address,
                    why,
                    "Make the bucket with the tools of its store, or name another one.",
                    answer);
        }
        if (FULL_WORDS.contains(word(answer)) || status == FULL) {
            return new MayflyException(
                    ErrorCode.NO_SPACE,
                    what + " did not fit into " + address,
                    why,
                    "Free room in the store, or raise its quota; start it again then.",
                    answer);
        }
        if (REGION_WORDS.contains(word(answer))
                || status == MOVED
                || status == MOVED_FOR_NOW
                || status == MOVED_FOR_GOOD) {
            return new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    "The bucket of " + address + " is elsewhere",
                    why,
                    "Say the region of the bucket: region=… in the address, or AWS_REGION.",
                    answer);
        }
        if (status == UNKNOWN_CALLER || status == DENIED) {
            return new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    what + " is not allowed in " + address,
                    why,
                    "See that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, are of somebody who may list, read"
                            + " and write in this bucket, and that this machine's clock is right.",
                    answer);
        }
        if (status >= SERVER && status != NOT_BUILT || status == TOO_MANY) {
            return unreachable(address, what, why, answer);
        }
        return new MayflyException(
                ErrorCode.REPOSITORY_UNSUITABLE,
                "The object store of " + address + " does not do what was asked: " + what,
                why,
                "See that the address is that of a store that speaks the protocol of Amazon S3.",
                answer);
    }

    private static String said(AwsServiceException answer) {
        String words = Optional.ofNullable(answer.awsErrorDetails())
                .map(AwsErrorDetails::errorMessage)
                .orElse("");
        String tries = answer.numAttempts() != null && answer.numAttempts() > 1
                ? " (tried " + answer.numAttempts() + " times)"
                : "";
        return clean("it answered " + answer.statusCode() + " " + word(answer) + (words.isEmpty() ? "" : ": " + words))
                + tries;
    }

    private static MayflyException unreachable(String address, String what, String why, SdkException cause) {
        return new MayflyException(
                ErrorCode.REMOTE_UNREACHABLE,
                "The object store " + address + " cannot be reached, or went away: " + what,
                clean(why),
                "See that it runs and that this machine reaches it, and try again; what arrived whole is not sent again.",
                cause);
    }

    private static String cause(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String words = Optional.ofNullable(deepest.getMessage()).orElse("");
        return deepest.getClass().getSimpleName() + (words.isEmpty() ? "" : ": " + words);
    }

    /** Terminals obey control characters. */
    private static String clean(String text) {
        String safe = text.replaceAll("\\p{Cc}", "?");
        return safe.substring(0, Math.min(LONGEST, safe.length()));
    }
}
