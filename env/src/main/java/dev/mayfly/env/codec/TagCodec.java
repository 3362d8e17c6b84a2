package dev.mayfly.env.codec;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tags to bytes and back: org, name, target, user, time, parent. Texts end with NUL, digests are 32 bytes. The digest of a
 * tag is that of these bytes. How tags follow each other in a file is the business of repositories.
 */
public final class TagCodec {
    /** Bytes of one text; SPFS has no limit, and file systems allow 255 for a name and 4096 for a path. */
    private static final int LONGEST_TEXT = 4096;

    /** RFC 3339; what java.time would take besides is not it. */
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)");

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final int MILLI = 1_000_000;
    private static final int MICRO = 1_000;

    private TagCodec() {}

    public static byte[] encode(Tag tag) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(LegacyBody.text(tag.name().org()));
        bytes.writeBytes(LegacyBody.text(tag.name().name()));
        bytes.writeBytes(tag.target().bytes());
        bytes.writeBytes(LegacyBody.text(tag.user()));
        bytes.writeBytes(LegacyBody.text(time(tag.time())));
        bytes.writeBytes(tag.parent().bytes());
        return bytes.toByteArray();
    }

    public static Digest digest(Tag tag) {
        return Digest.of(encode(tag));
    }

    /** @throws dev.mayfly.base.error.MayflyException {@code CONTENT_CORRUPT} when the bytes are no tag, and nothing else */
    public static Tag decode(byte[] encoded) {
        Reader reader = new Reader(encoded);
        String org = reader.text();
        String name = reader.text();
        Digest target = reader.digest();
        String user = reader.text();
        Instant time = time(reader.text());
        Digest parent = reader.digest();
        reader.end();
        try {
            return new Tag(new TagName(org, name), target, parent, user, time);
        } catch (IllegalArgumentException e) {
            throw corrupt(String.valueOf(e.getMessage()));
        }
    }

    /** In UTC with as many digits of the second as it needs: none, 3, 6 or 9. */
    private static String time(Instant time) {
        int nanos = time.atOffset(ZoneOffset.UTC).getNano();
        String fraction;
        if (nanos == 0) {
            fraction = "";
        } else if (nanos % MILLI == 0) {
            fraction = String.format(Locale.ROOT, ".%03d", nanos / MILLI);
        } else if (nanos % MICRO == 0) {
            fraction = String.format(Locale.ROOT, ".%06d", nanos / MICRO);
        } else {
            fraction = String.format(Locale.ROOT, ".%09d", nanos);
        }
        return SECONDS.format(time) + fraction + "+00:00";
    }

    private static Instant time(String text) {
        if (!TIME.matcher(text).matches()) {
            throw corrupt("its time is not one of RFC 3339");
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw corrupt("its time does not exist: " + text);
        }
    }

    private static RuntimeException corrupt(String why) {
        return Corrupt.of("These bytes are no tag", why);
    }

    /** Reads one part after the other. */
    private static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        Digest digest() {
            if (bytes.length - at < Digest.BYTES) {
                throw corrupt("it ends within a digest");
            }
            at += Digest.BYTES;
            return Digest.at(bytes, at - Digest.BYTES);
        }

        String text() {
            int from = at;
            int most = Math.min(bytes.length, from + LONGEST_TEXT + 1);
            for (at = from; at < most; at++) {
                if (bytes[at] == 0) {
                    ByteBuffer text = ByteBuffer.wrap(bytes, from, at - from);
                    at++;
                    return utf8(text);
                }
            }
            throw corrupt("a text in it has no end, or more than " + LONGEST_TEXT + " bytes");
        }

        void end() {
            if (at < bytes.length) {
                throw corrupt("after its end come " + (bytes.length - at) + " more bytes");
            }
        }

        private static String utf8(ByteBuffer text) {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
            } catch (CharacterCodingException e) {
                throw corrupt("a text in it is not UTF-8");
            }
        }
    }
}
