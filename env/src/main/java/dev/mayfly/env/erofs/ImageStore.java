package dev.mayfly.env.erofs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.platform.linux.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Images in a folder, by their keys. Images are derived, so nothing is synced; instead each carries a sum over all of it,
 * and one that a crash has torn is thrown away and made again. The kernel trusts what it mounts, so an image that somebody
 * else owns or may write to is not given out either.
 */
final class ImageStore {
    private static final String SUFFIX = ".erofs";
    private static final String TEMPORARY = ".tmp-";
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final int PIECE = 1 << 18;

    private final Path folder;

    ImageStore(Path folder) {
        this.folder = folder;
    }

    /** The image when it is there, whole, and ours; what is not is removed. */
    Optional<StoredImage> find(Digest key) {
        Path file = file(key);
        try {
            if (!ours(folder)) {
                throw new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE,
                        "images of environments cannot be kept in " + folder,
                        "somebody else owns this folder or may write to it, and the kernel trusts what it mounts",
                        "chown " + Libc.effectiveUserId() + " " + folder + " && chmod 700 " + folder);
            }
            Optional<StoredImage> image = ours(file) ? read(file, key) : Optional.empty();
            if (image.isEmpty()) {
                Files.deleteIfExists(file);
            }
            return image;
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    private static boolean ours(Path path) throws IOException {
        PosixFileAttributes facts = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String owner = String.valueOf(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        return !facts.isSymbolicLink()
                && owner.equals(String.valueOf(Libc.effectiveUserId()))
                && Collections.disjoint(facts.permissions(), OTHERS_WRITE);
    }

    private static Optional<StoredImage> read(Path file, Digest key) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = in.size();
            if (size < Format.BLOCK + Trailer.BYTES) {
                return Optional.empty();
            }
            Optional<Trailer> found = Trailer.read(bytes(in, size - Trailer.BYTES, Trailer.BYTES));
            long imageEnd = size - Trailer.BYTES - found.map(Trailer::list).orElse(0);
            if (found.isEmpty()
                    || !found.get().key().equals(key)
                    || found.get().list() < 0
                    || imageEnd < Format.BLOCK
                    || !isWhole(file, in, size - Trailer.SUM_TO_END, found.get().sum())) {
                return Optional.empty();
            }
            ByteBuffer list = bytes(in, imageEnd, found.get().list());
            List<Device> places = Trailer.places(list);
            Optional<Path> below =
                    places.stream().filter(Device::isFolder).map(Device::file).findFirst();
            return Optional.of(new StoredImage(
                    file, places.stream().filter(each -> !each.isFolder()).toList(), below));
        }
    }

    private static ByteBuffer bytes(FileChannel in, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && in.read(bytes, from + bytes.position()) >= 0) {
            // Reads may be short.
        }
        return bytes.flip();
    }

    /** Once since the machine was started, however large it is. */
    private static boolean isWhole(Path file, FileChannel in, long end, int sum) throws IOException {
        if (Seen.isNoted(file)) {
            return true;
        }
        boolean whole = sum(in, end) == sum;
        if (whole) {
            Seen.note(file);
        }
        return whole;
    }

    private static int sum(FileChannel in, long end) throws IOException {
        CRC32C sum = new CRC32C();
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        for (long at = 0; at < end; ) {
            piece.clear().limit((int) Math.min(PIECE, end - at));
            int read = in.read(piece, at);
            if (read < 0) {
                break;
            }
            sum.update(piece.flip());
            at += read;
        }
        return (int) sum.getValue();
    }

    /** Makes the image. Two who do so at once write the same bytes, and the last one's name stays. */
    StoredImage make(Placement placement) {
        byte[] image = ImageWriter.write(placement);
        ByteBuffer list = Trailer.list(places(placement));
        ByteBuffer head = Trailer.head(placement.key(), list.remaining());
        CRC32C sum = new CRC32C();
        sum.update(image);
        sum.update(list.duplicate());
        sum.update(head.duplicate());
        Path temporary = folder.resolve(TEMPORARY + UUID.randomUUID());
        try {
            var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try (FileChannel out = FileChannel.open(
                    temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
                // In pieces: the JDK copies what it writes through a buffer of that size, which it keeps.
                for (int at = 0; at < image.length; at += PIECE) {
                    write(out, ByteBuffer.wrap(image, at, Math.min(PIECE, image.length - at)));
                }
                write(out, list);
                write(out, head);
                write(out, Trailer.tail((int) sum.getValue()));
            }
            Files.move(temporary, file(placement.key()), StandardCopyOption.ATOMIC_MOVE);
            Seen.note(file(placement.key()));
            return new StoredImage(file(placement.key()), placement.devices(), placement.folder());
        } catch (IOException e) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw failed("write", e);
        }
    }

    private static List<Device> places(Placement placement) {
        List<Device> places = new ArrayList<>(placement.devices());
        placement.folder().map(Device::folder).ifPresent(places::add);
        return places;
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    Path file(Digest key) {
        return folder.resolve(name(key) + SUFFIX);
    }

    /** A digest as a name of a file. */
    static String name(Digest key) {
        return key.toString().replace("=", "");
    }

    private MayflyException failed(String verb, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "cannot " + verb + " an image of an environment in " + folder,
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                "look at room and permissions there; images can all be removed, they are made again",
                e);
    }
}
