package dev.mayfly.env.erofs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Where the contents of a view's files are. */
public interface Contents {
    /** Where one content is. */
    sealed interface Place {
        /** In a file of this machine, from a multiple of 4096 on. */
        record InFile(FileRange range) implements Place {}

        /**
         * In a file of a folder that an overlay puts below the image.
         *
         * @param path from that folder, beginning with a slash; at most 255 bytes for each name
         */
        record Below(String path) implements Place {}
    }

    /** The folder that {@link Place.Below} is of; empty when nothing lies so. */
    default Optional<Path> folder() {
        return Optional.empty();
    }

    /** The same for one thread that looks for all contents of a view in a row, and then no more. */
    default Contents inARow() {
        return this;
    }

    /** @throws MayflyException {@code CONTENT_MISSING} or {@code VIEW_UNAVAILABLE} */
    Place place(Digest payload, long size);

    /**
     * All bytes of a small content.
     *
     * @throws MayflyException {@code CONTENT_MISSING} when it is not there, {@code CONTENT_CORRUPT} when it has another size
     */
    byte[] bytes(Digest payload, long size);

    /** Contents that lie in files of this machine: packs, or one file each. */
    static Contents of(Payloads payloads) {
        return of(payloads, payloads::find);
    }

    private static Contents of(Payloads payloads, Function<Digest, Optional<Payload>> finder) {
        return new Contents() {
            @Override
            public Contents inARow() {
                return of(payloads, payloads.finder());
            }

            @Override
            public Place place(Digest payload, long size) {
                return new Place.InFile(found(finder, payload)
                        .range()
                        .orElseThrow(() -> new MayflyException(
                                ErrorCode.VIEW_UNAVAILABLE,
                                "the payload " + payload.brief() + " cannot be mounted",
                                "it does not lie in one piece on this machine",
                                "pull the environment first, or show it through FUSE")));
            }

            @Override
            public byte[] bytes(Digest payload, long size) {
                return read(found(finder, payload), payload, size);
            }
        };
    }

    /**
     * Contents that an overlay takes from one file each, as SPFS keeps them.
     *
     * @param path of the file of a payload from the folder, beginning with a slash
     */
    static Contents below(Payloads payloads, Path folder, Function<Digest, String> path) {
        return new Contents() {
            @Override
            public Optional<Path> folder() {
                return Optional.of(folder);
            }

            @Override
            public Place place(Digest payload, long size) {
                return new Place.Below(path.apply(payload));
            }

            @Override
            public byte[] bytes(Digest payload, long size) {
                return read(found(payloads::find, payload), payload, size);
            }
        };
    }

    private static Payload found(Function<Digest, Optional<Payload>> finder, Digest payload) {
        return finder.apply(payload)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.CONTENT_MISSING,
                        "the payload " + payload + " is not there",
                        "a file of the environment has it as its content",
                        "pull the environment again from where it came from"));
    }

    private static byte[] read(Payload payload, Digest digest, long size) {
        try (InputStream in = payload.open()) {
            byte[] bytes = in.readNBytes(Math.toIntExact(size) + 1);
            if (bytes.length != size) {
                throw new MayflyException(
                        ErrorCode.CONTENT_CORRUPT,
                        "the payload " + digest + " is not what its entry says",
                        "it should have " + size + " bytes and has " + payload.size(),
                        "check the repository");
            }
            return bytes;
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "the payload " + digest + " cannot be read",
                    String.valueOf(e.getMessage()),
                    "look at the disk that holds the repository",
                    e);
        }
    }
}
