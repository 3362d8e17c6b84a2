package dev.mayfly.env.fuse;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The digests of the pieces of one large file, taken while the whole of it was compared with its own digest. With them a
 * piece can be checked each time it is read, so that what goes bad on disk later is noticed too.
 */
record ChunkDigests(List<Digest> chunks) {
    /** As much as the kernel reads ahead by default. */
    static final int CHUNK = 1 << 17;

    ChunkDigests {
        chunks = List.copyOf(chunks);
    }

    static ChunkDigests of(Digest whole, FileRange range) throws IOException {
        MessageDigest all = Hashing.sha256();
        MessageDigest piece = Hashing.sha256();
        List<Digest> pieces = new ArrayList<>();
        byte[] buffer = new byte[CHUNK];
        try (FileChannel file = FileChannel.open(range.file(), StandardOpenOption.READ)) {
            file.position(range.offset());
            InputStream in = Channels.newInputStream(file);
            for (long left = range.length(); left > 0; left -= CHUNK) {
                int wanted = (int) Math.min(left, CHUNK);
                int had = in.readNBytes(buffer, 0, wanted);
                if (had < wanted) {
                    throw Hashing.corrupt(whole, range.file() + " ends too early");
                }
                all.update(buffer, 0, had);
                pieces.add(Digest.at(digest(piece, buffer, had), 0));
            }
        }
        Hashing.check(all, whole, range.file().toString());
        return new ChunkDigests(pieces);
    }

    static byte[] digest(MessageDigest hash, byte[] bytes, int length) {
        hash.update(bytes, 0, length);
        return hash.digest();
    }
}
