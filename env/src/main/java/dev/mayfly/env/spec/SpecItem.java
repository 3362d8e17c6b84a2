package dev.mayfly.env.spec;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.DigestPrefix;
import dev.mayfly.env.object.TagName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One part of a spec. Its text reads as the same part again, but for a path with a plus. */
public sealed interface SpecItem {
    /** What names an object of a repository. */
    sealed interface Reference extends SpecItem {}

    /** @param version how many before the newest; 0 is the newest */
    record TagRef(TagName name, long version) implements Reference {
        @Override
        public String toString() {
            return version == 0 && readsAsTag(name.toString()) ? name.toString() : name + "~" + version;
        }
    }

    record DigestRef(Digest digest) implements Reference {
        @Override
        public String toString() {
            return digest.toString();
        }
    }

    record PrefixRef(DigestPrefix prefix) implements Reference {
        @Override
        public String toString() {
            return prefix.toString();
        }
    }

    /** @param file absolute; a folder stands for its {@code layer.spfs.yaml} */
    record FileRef(Path file) implements SpecItem {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** Why a text is no item. */
    final class BadItemException extends Exception {
        private static final long serialVersionUID = 1L;

        BadItemException(String why) {
            super(why);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    Pattern TAG = Pattern.compile("([^~]*)(?:~(.*))?", Pattern.DOTALL);

    /** In the order of SPFS: a path, a digest, the beginning of one, a tag. */
    static SpecItem parse(String text) throws BadItemException {
        if (text.isEmpty()) {
            throw new BadItemException("is empty");
        }
        if (text.startsWith("/")) {
            return file(text);
        }
        Optional<Digest> digest = digest(text);
        if (digest.isPresent()) {
            return new DigestRef(digest.get());
        }
        Optional<DigestPrefix> prefix = DigestPrefix.parse(text);
        return prefix.isPresent() ? new PrefixRef(prefix.get()) : tag(text);
    }

    private static Optional<Digest> digest(String text) {
        return Digest.parse(text.length() == 52 ? text + "====" : text);
    }

    /** Not so for names like {@code MAIN}, which could begin a digest, and for the sign of the empty environment. */
    private static boolean readsAsTag(String name) {
        return !name.equals(EnvSpec.NOTHING)
                && digest(name).isEmpty()
                && DigestPrefix.parse(name).isEmpty();
    }

    private static SpecItem file(String text) throws BadItemException {
        try {
            return new FileRef(Path.of(text));
        } catch (InvalidPathException e) {
            throw new BadItemException("is a path that no file can have: " + e.getReason());
        }
    }

    private static SpecItem tag(String text) throws BadItemException {
        Matcher parts = TAG.matcher(text);
        if (!parts.matches()) {
            throw new BadItemException("is no tag, digest or absolute path");
        }
        long version = parts.group(2) == null ? 0 : version(parts.group(2));
        try {
            return new TagRef(TagName.parse(parts.group(1)), version);
        } catch (IllegalArgumentException e) {
            throw new BadItemException(
                    "is no tag (letters, digits and - _ . with / between groups), no digest and no absolute path");
        }
    }

    private static long version(String text) throws BadItemException {
        try {
            if (!text.isEmpty() && text.chars().allMatch(each -> each >= '0' && each <= '9')) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            // Too many digits: said below.
        }
        throw new BadItemException("has no number after ~, where 0 is the newest, 1 the one before it, and so on");
    }
}
