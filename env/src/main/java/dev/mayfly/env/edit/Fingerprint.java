package dev.mayfly.env.edit;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.platform.linux.FileFacts;
import dev.mayfly.platform.linux.OpenFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Names, kinds, sizes and times of all that is in a tree, as one digest. Two that are equal say that nothing was made, taken
 * away, written or renamed between them, as far as the clock of the file system tells writes apart: since Linux 6.13 any two
 * (multigrain timestamps), before within 4 ms not.
 */
final class Fingerprint {
    private final Sha256 digest = Sha256.start();

    private Fingerprint() {}

    static Sha256Digest of(Path root) throws IOException {
        Fingerprint print = new Fingerprint();
        try (OpenFolder folder = OpenFolder.open(root)) {
            print.add(folder);
        }
        return print.digest.digest();
    }

    private void add(OpenFolder folder) throws IOException {
        List<byte[]> names = folder.list();
        names.sort(Arrays::compareUnsigned);
        for (byte[] name : names) {
            FileFacts facts = folder.facts(name);
            ByteBuffer line = ByteBuffer.allocate(4 + name.length + 7 * Long.BYTES);
            line.putInt(name.length).put(name);
            // The size of a folder is the file system's own affair; its times tell of its names.
            line.putLong(facts.device())
                    .putLong(facts.inode())
                    .putLong(facts.mode())
                    .putLong(facts.isDirectory() ? 0 : facts.size())
                    .putLong(facts.modified())
                    .putLong(facts.changed())
                    .putLong(facts.rdev());
            digest.update(line.array());
            if (facts.isDirectory()) {
                try (OpenFolder child = folder.folder(name)) {
                    add(child);
                }
                digest.update(new byte[] {'/'});
            }
        }
    }
}
