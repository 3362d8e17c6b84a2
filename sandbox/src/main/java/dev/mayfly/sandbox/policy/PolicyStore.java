package dev.mayfly.sandbox.policy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.request.PolicyIds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Finds policies: an explicit file, or {@code <folder>/<id>.policy.yml}. The file is read anew for each request and parsed
 * only when its bytes changed, so an edit takes effect at once and a broken edit is an error at once. Safe for
 * concurrent use.
 */
public final class PolicyStore {
    private static final int CACHED = 64;

    @SuppressWarnings("ArrayRecordComponent") // compared by Arrays.equals only
    private record Parsed(byte[] bytes, Policy policy) {}

    private final Path folder;
    private final PolicyReader reader;
    private final UnaryOperator<Policy> adjustment;
    private final Map<Path, Parsed> cache = new ConcurrentHashMap<>();

    public PolicyStore(Path folder, PolicyReader reader) {
        this(folder, reader, UnaryOperator.identity());
    }

    /** @param adjustment what this installation changes in every policy */
    public PolicyStore(Path folder, PolicyReader reader, UnaryOperator<Policy> adjustment) {
        this.folder = folder;
        this.reader = reader;
        this.adjustment = adjustment;
    }

    /**
     * @param explicit wins over the id
     * @throws MayflyException {@code POLICY_MISSING} or {@code POLICY_INVALID}; there is no default to fall back to
     */
    public Policy load(Optional<Path> explicit, String policyId) {
        if (explicit.isPresent()) {
            return load(explicit.get(), "give the path of a policy file, or leave --policy out");
        }
        if (!PolicyIds.isValid(policyId)) {
            throw new MayflyException(
                    ErrorCode.POLICY_MISSING,
                    "'" + policyId.replaceAll("\\p{Cntrl}", "?") + "' is no policy id",
                    "an id is part of a file name",
                    "use letters, digits, - _ and single dots");
        }
        return load(
                folder.resolve(policyId + ".policy.yml"),
                "put the policy there, or name one that is there in policy_id or with --policy");
    }

    private Policy load(Path file, String fix) {
        byte[] bytes = bytes(file, fix);
        Path key = file.toAbsolutePath();
        Parsed known = cache.get(key);
        if (known != null && Arrays.equals(known.bytes(), bytes)) {
            return known.policy();
        }
        Policy policy = adjustment.apply(reader.read(bytes, file.toString()));
        if (cache.size() >= CACHED) {
            cache.clear();
        }
        cache.put(key, new Parsed(bytes, policy));
        return policy;
    }

    private static byte[] bytes(Path file, String fix) {
        try {
            if (Files.isDirectory(file)) {
                throw missing(file, "it is a folder", fix);
            }
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(YamlReader.MAX_BYTES + 1);
            }
        } catch (NoSuchFileException e) {
            throw missing(file, "there is no such file", fix);
        } catch (IOException e) {
            throw missing(file, e.toString(), fix);
        }
    }

    private static MayflyException missing(Path file, String why, String fix) {
        return new MayflyException(ErrorCode.POLICY_MISSING, "the policy " + file + " cannot be read", why, fix);
    }
}
