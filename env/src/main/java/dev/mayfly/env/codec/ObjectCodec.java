package dev.mayfly.env.codec;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Encoded;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Objects to bytes and back. The same object in the same form gives the same bytes. */
public final class ObjectCodec {
    /** Bytes that an object has at most; a layer of a million files has about 100 MB. */
    public static final int MOST_BYTES = 1 << 30;

    private ObjectCodec() {}

    /** With names that SPFS can read. */
    public static Encoded encode(EnvObject object, Format format, Strategy strategy) {
        return encode(object, new Form(format, strategy));
    }

    /**
     * @throws MayflyException {@code NAME_UNFIT} when a name of a file is not UTF-8 and the form does not allow that;
     *     {@code REPOSITORY_UNSUITABLE} for annotations in the old format
     */
    public static Encoded encode(EnvObject object, Form form) {
        Optional<RawName> unfit = notText(object);
        if (unfit.isPresent() && form.names() == Names.TEXT) {
            throw new MayflyException(
                    ErrorCode.NAME_UNFIT,
                    "The name " + unfit.get() + " cannot be written",
                    "it is not UTF-8, and objects that SPFS reads have no other names",
                    "Rename the file, or allow names that are not UTF-8 for this repository; SPFS cannot read it then.");
        }
        Form used = new Form(form.format(), form.strategy(), unfit.isPresent() ? Names.BYTES : Names.TEXT);
        Header header = new Header(used, ObjectKind.of(object));
        byte[] body = switch (form.format()) {
            case LEGACY -> LegacyBody.write(object);
            case FLATBUFFERS -> FlatWriter.write(object);
        };
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(Header.SIZE, body.length));
        header.put(bytes);
        bytes.put(body);
        return new Encoded(digest(object, form.strategy()), bytes.array());
    }

    /** The digest of an object, the same in every format. */
    public static Digest digest(EnvObject object, Strategy strategy) {
        return ObjectDigest.of(object, strategy);
    }

    /** @throws MayflyException {@code CONTENT_CORRUPT} when the bytes are no object */
    public static Decoded decode(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            throw Corrupt.object("it has " + bytes.length + " bytes, and objects have at most " + MOST_BYTES);
        }
        Header header = Header.read(bytes);
        EnvObject object;
        try {
            object = switch (header.form().format()) {
                case LEGACY -> new LegacyReader(bytes, header).read();
                case FLATBUFFERS -> new FlatReader(bytes, header).read();
            };
        } catch (IllegalArgumentException e) {
            // What the object model refuses: trees that are missing, names that are there twice, empty layers.
            throw Corrupt.object(String.valueOf(e.getMessage()));
        }
        if (object instanceof Manifest manifest) {
            Shape.check(manifest);
        }
        return new Decoded(header, object, digest(object, header.form().strategy()));
    }

    /** @throws MayflyException {@code CONTENT_CORRUPT} also when the object has another digest */
    public static Decoded decode(Encoded encoded) {
        if (encoded.checked().isPresent()) {
            return new Decoded(Header.read(encoded.bytes()), encoded.checked().get(), encoded.digest());
        }
        Decoded decoded = decode(encoded.bytes());
        if (!decoded.digest().equals(encoded.digest())) {
            throw Corrupt.of(
                    "The object " + encoded.digest() + " is not what its digest says",
                    "its content has the digest " + decoded.digest());
        }
        return decoded;
    }

    private static Optional<RawName> notText(EnvObject object) {
        if (object instanceof Manifest manifest) {
            for (Tree tree : manifest.trees()) {
                for (Entry entry : tree.entries()) {
                    if (!entry.name().isText()) {
                        return Optional.of(entry.name());
                    }
                }
            }
        }
        return Optional.empty();
    }
}
