package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/** The key that says that there is a repository, and of which form; SPFS has a file of this name. */
final class Mark {
    /** The last release of SPFS whose names of files were looked at. */
    private static final byte[] VERSION = "0.44.0".getBytes(StandardCharsets.UTF_8);

    private static final String MAJOR = "0.";
    private static final int LONGEST = 64;

    /** What no store calls a version of anything. */
    private static final String NO_ETAG = "\"00000000000000000000000000000000\"";

    private final Bucket bucket;
    private final AtomicBoolean keepsConditions = new AtomicBoolean();

    Mark(Bucket bucket) {
        this.bucket = bucket;
    }

    /**
     * One that is there and empty is as good as a new one, and is perhaps ours: an answer may have been lost.
     *
     * @throws MayflyException {@code REPOSITORY_UNSUITABLE} when there is one with content, or the store does not fit
     */
    void make() {
        if (!bucket.put(Keys.VERSION, VERSION, new Bucket.Condition.IsNew()) && !isEmpty()) {
            throw new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    "A repository cannot be made in " + bucket.address(),
                    "there is one already",
                    "Use it, or name another prefix.");
        }
        requireConditions();
    }

    private boolean isEmpty() {
        AtomicBoolean found = new AtomicBoolean();
        Keys.CONTENTS.forEach(each -> bucket.list(each, _ -> found.set(true)));
        return !found.get();
    }

    /** @throws MayflyException {@code REPOSITORY_MISSING}, {@code REPOSITORY_UNSUITABLE} for one of another form */
    void require() {
        Bucket.Found found = bucket.find(Keys.VERSION, LONGEST)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.REPOSITORY_MISSING,
                        "There is no repository in " + bucket.address(),
                        "there is no " + Keys.VERSION + " at this place",
                        "Make one with: mayfly env init '" + bucket.address() + "'"));
        String version = new String(found.bytes(), StandardCharsets.US_ASCII).strip();
        if (!version.startsWith(MAJOR)) {
            throw new MayflyException(
                    ErrorCode.REPOSITORY_UNSUITABLE,
                    "The repository in " + bucket.address() + " cannot be opened",
                    "its version is " + version.replaceAll("[^0-9A-Za-z.-]", "?") + ", and this program reads 0.x",
                    "Use the release that wrote it.");
        }
    }

    /**
     * Asks the store to write this key under conditions that do not hold. One that does it all the same writes what is there
     * already. Asked once before anything is written.
     */
    void requireConditions() {
        if (keepsConditions.get()) {
            return;
        }
        if (bucket.put(Keys.VERSION, VERSION, new Bucket.Condition.IsNew())
                || bucket.put(Keys.VERSION, VERSION, new Bucket.Condition.IsStill(NO_ETAG))) {
            throw bucket.withoutConditions();
        }
        keepsConditions.set(true);
    }
}
