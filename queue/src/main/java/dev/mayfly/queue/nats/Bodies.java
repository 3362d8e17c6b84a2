package dev.mayfly.queue.nats;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.nats.client.JetStreamApiException;
import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectMeta;
import io.nats.client.impl.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bodies that fit no message. They lie in the object store before the message that names them exists, so a message never
 * names what is not there; an object that no message names is garbage, which {@link #sweep} removes.
 */
final class Bodies {
    /** The server counts subject-free protocol, headers and body together; this is for what we do not add up. */
    private static final int MARGIN = 1024;

    private static final int LARGEST_CHUNK = 128 << 10;

    /** Which kind of message names an object. */
    enum Kind {
        REQUEST,
        LETTER,
        ENTRY;

        String name(String token) {
            return name().toLowerCase(java.util.Locale.ROOT) + "." + token;
        }
    }

    private final NatsLink link;
    private final ObjectStore objects;
    private final long limit;

    /** @param limit bytes that a message may have, as the server says */
    Bodies(NatsLink link, ObjectStore objects, long limit) {
        this.link = link;
        this.objects = objects;
        this.limit = limit;
    }

    /**
     * Puts a body where it fits, and says in the headers where that is.
     *
     * @return what the message carries itself
     */
    byte[] pack(Kind kind, String token, Headers headers, byte[] body) {
        if (fits(headers, body)) {
            return body;
        }
        String name = kind.name(token);
        int chunk = (int) Math.min(LARGEST_CHUNK, limit / 2);
        link.call("cannot store a large body in the queue", () -> {
            try {
                return objects.put(ObjectMeta.builder(name).chunkSize(chunk).build(), new ByteArrayInputStream(body));
            } catch (NoSuchAlgorithmException e) {
                throw new IOException(e);
            }
        });
        headers.put(Names.OBJECT, name);
        headers.put(Names.OBJECT_DIGEST, Sha256Digest.of(body).hex());
        return new byte[0];
    }

    private boolean fits(Headers headers, byte[] body) {
        return body.length + (long) headers.serializedLength() + MARGIN <= limit;
    }

    /** How long a body may be without headers. */
    int largestInline() {
        return (int) Math.min(Integer.MAX_VALUE, limit - MARGIN);
    }

    /**
     * The whole body of a message.
     *
     * @throws MayflyException {@code STATE_CORRUPT} when its object is not there or is another one
     */
    byte[] unpack(Headers headers, byte[] carried) {
        Optional<String> name = object(headers);
        if (name.isEmpty()) {
            return carried;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        link.call("cannot read a large body from the queue", () -> {
            body.reset();
            try {
                return objects.get(name.get(), body);
            } catch (IllegalArgumentException | NoSuchAlgorithmException e) {
                throw gone(name.get(), String.valueOf(e.getMessage()));
            } catch (JetStreamApiException e) {
                if (e.getErrorCode() == 404) {
                    throw gone(name.get(), String.valueOf(e.getMessage()));
                }
                throw e;
            }
        });
        byte[] bytes = body.toByteArray();
        String expected =
                Optional.ofNullable(headers.getFirst(Names.OBJECT_DIGEST)).orElse("");
        if (!Sha256Digest.of(bytes).hex().equals(expected)) {
            throw gone(name.get(), "its SHA-256 is not " + expected);
        }
        return bytes;
    }

    /** Forgets the object that these headers name, if any. What goes wrong leaves garbage and nothing worse. */
    void drop(Headers headers) {
        object(headers).ifPresent(this::delete);
    }

    private void delete(String name) {
        try {
            link.call("cannot delete a large body", () -> objects.delete(name));
        } catch (MayflyException | IllegalArgumentException e) {
            // Gone already, or for the sweep.
        }
    }

    /** Names of objects of one kind that were made before this. */
    List<String> madeBefore(Kind kind, Instant time) {
        List<String> names = new ArrayList<>();
        for (ObjectInfo object : link.call("cannot list large bodies", objects::getList)) {
            String name = object.getObjectName();
            ZonedDateTime made = object.getModified();
            if (name.startsWith(kind.name(""))
                    && made != null
                    && made.toInstant().isBefore(time)) {
                names.add(name);
            }
        }
        return names;
    }

    void sweep(List<String> garbage) {
        garbage.forEach(this::delete);
    }

    static Optional<String> object(Headers headers) {
        return Optional.ofNullable(headers.getFirst(Names.OBJECT));
    }

    private static MayflyException gone(String name, String why) {
        return new MayflyException(
                ErrorCode.STATE_CORRUPT,
                "cannot read the body of a message, object " + name + " of " + Names.BLOBS,
                why,
                "was something deleted by hand? Submit the job again");
    }
}
