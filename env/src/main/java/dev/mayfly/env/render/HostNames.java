package dev.mayfly.env.render;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.Errno;
import dev.mayfly.platform.linux.ErrnoException;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.OpenFlag;
import dev.mayfly.platform.linux.RawFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which names a file system takes for one. In a view names are bytes and all different; where a file system folds them (APFS
 * and NTFS by default, ext4 and tmpfs in folders that were told to), two of them cannot both be written.
 *
 * @param foldsCase whether {@code Makefile} and {@code makefile} are one file
 * @param composes whether an accented letter is the same as the letter followed by its accent (Unicode NFC and NFD)
 */
record HostNames(boolean foldsCase, boolean composes) {
    /** As those of Linux usually are. */
    static final HostNames EXACT = new HostNames(false, false);

    private static final int NEW = OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL;
    private static final int PRIVATE = 0600;

    /** Tries it in an empty folder, which is empty again then. */
    static HostNames probe(RawFolder folder) throws IOException {
        return new HostNames(
                same(folder, "mayfly-name", "MAYFLY-NAME"), same(folder, "mayfly-\u00e9", "mayfly-e\u0301"));
    }

    private static boolean same(RawFolder folder, String one, String other) throws IOException {
        make(folder, one);
        try {
            make(folder, other);
        } catch (ErrnoException e) {
            if (e.errno().equals(Errno.EEXIST)) {
                return true;
            }
            throw e;
        } finally {
            folder.remove(bytes(one));
        }
        folder.remove(bytes(other));
        return false;
    }

    private static void make(RawFolder folder, String name) throws IOException {
        Libc.close(folder.file(bytes(name), NEW, PRIVATE));
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Before anything is written: a render that fails in the end has copied gigabytes for nothing.
     *
     * @throws MayflyException {@code NAME_UNFIT} with both names
     */
    void require(View view) {
        if (equals(EXACT)) {
            return;
        }
        for (int directory = 0; directory < view.count(); directory++) {
            if (view.isDirectory(directory)) {
                requireBelow(view, directory);
            }
        }
    }

    private void requireBelow(View view, int directory) {
        Map<String, Integer> seen = new HashMap<>();
        int first = view.firstChild(directory);
        for (int node = first; node < first + view.children(directory); node++) {
            int each = node;
            folded(view.name(node).bytes())
                    .map(name -> seen.putIfAbsent(name, each))
                    .ifPresent(other -> {
                        throw new MayflyException(
                                ErrorCode.NAME_UNFIT,
                                view.path(other) + " and " + view.path(each) + " cannot both be written",
                                "the file system takes them for one name: it does not tell "
                                        + (foldsCase ? "upper from lower case" : "composed from decomposed letters"),
                                "render to a file system that does, such as ext4, XFS or a case-sensitive APFS volume; or take one"
                                        + " of them out of its layer");
                    });
        }
    }

    /** Empty for what is no text, which such file systems refuse by themselves. */
    private Optional<String> folded(byte[] name) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name))
                    .toString();
            String alike = composes ? Normalizer.normalize(text, Normalizer.Form.NFD) : text;
            if (!foldsCase) {
                return Optional.of(alike);
            }
            StringBuilder folded = new StringBuilder();
            // Letter by letter, as file systems do: no "SS" for a sharp s.
            alike.codePoints()
                    .map(letter -> Character.toLowerCase(Character.toUpperCase(letter)))
                    .forEach(folded::appendCodePoint);
            return Optional.of(folded.toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
