package dev.mayfly.sandbox.proof;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames of the launcher protocol, written down a second time, and ways to spoil them. */
final class FuzzFrames {
    static final int CONFIG = 1;
    static final int RUN = 2;
    static final int CANCEL = 3;
    static final int LIST = 4;
    static final int READ = 5;
    static final int RESET = 6;
    private static final int HEADER = 8;

    record Field(int tag, byte[] value) {
        static Field of(int tag, String text) {
            return new Field(tag, text.getBytes(StandardCharsets.UTF_8));
        }

        static Field of(int tag, long number) {
            return new Field(tag, little(8).putLong(number).array());
        }
    }

    private final Random random;
    private final long uid;

    FuzzFrames(Random random, long uid) {
        this.random = random;
        this.uid = uid;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] frame(int type, List<Field> fields) {
        int size =
                fields.stream().mapToInt(field -> HEADER + field.value().length).sum();
        ByteBuffer frame =
                little(HEADER + size).putInt(size).putShort((short) type).putShort((short) 0);
        for (Field field : fields) {
            frame.putShort((short) field.tag())
                    .putShort((short) 0)
                    .putInt(field.value().length)
                    .put(field.value());
        }
        return frame.array();
    }

    List<Field> config() {
        return List.of(
                Field.of(1, uid),
                Field.of(2, uid),
                Field.of(3, "/usr\0/usr"),
                Field.of(4, "usr/bin\0/bin"),
                Field.of(4, "usr/lib\0/lib"),
                Field.of(4, "usr/lib64\0/lib64"),
                Field.of(5, "/etc/passwd\0job:x:1000:1000::/:/bin/sh\n"),
                Field.of(6, "box"));
    }

    /** Runs {@code true} or {@code cat}: whatever becomes of the words, nothing that could do harm. */
    List<Field> run() {
        byte[] file = little(4 + 2 + 3 + 2)
                .putInt(0644)
                .putShort((short) 3)
                .put("a/bxx".getBytes(StandardCharsets.US_ASCII))
                .array();
        byte[] limit = little(12).putInt(7).putLong(64).array();
        byte[] allowAll = little(8)
                .putShort((short) 6)
                .put((byte) 0)
                .put((byte) 0)
                .putInt(0x7fff0000)
                .array();
        return List.of(
                Field.of(1, random.nextBoolean() ? "true" : "cat"),
                Field.of(2, "A=b"),
                Field.of(2, "PATH=/usr/bin"),
                Field.of(3, "/workspace"),
                Field.of(4, "in"),
                new Field(5, file),
                Field.of(6, "/usr/share\0/mnt/share"),
                Field.of(7, 500),
                Field.of(8, random.nextBoolean() ? 0 : 300),
                new Field(9, limit),
                Field.of(10, 1 << 20),
                Field.of(11, 100),
                Field.of(12, 1000),
                Field.of(13, 1000),
                new Field(14, allowAll),
                Field.of(15, 1));
    }

    /** A type and its fields, mostly runs. */
    record Question(int type, List<Field> fields) {
        byte[] bytes() {
            return frame(type, fields);
        }
    }

    Question question() {
        return switch (random.nextInt(9)) {
            case 0 -> new Question(CANCEL, List.of());
            case 1 -> new Question(LIST, List.of());
            case 2 -> new Question(READ, List.of(Field.of(1, "a/b"), Field.of(2, 0), Field.of(3, 100)));
            case 3 -> new Question(RESET, List.of(Field.of(1, random.nextInt(2))));
            default -> new Question(RUN, run());
        };
    }

    /** Well framed, but with fields missing, doubled, renamed, or holding something else. */
    Question spoilFields(Question question) {
        List<Field> fields = new ArrayList<>(question.fields());
        for (int changes = 1 + random.nextInt(3); changes > 0 && !fields.isEmpty(); changes--) {
            int at = random.nextInt(fields.size());
            Field field = fields.get(at);
            switch (random.nextInt(6)) {
                case 0 -> fields.remove(at);
                case 1 -> fields.add(at, field);
                case 2 -> fields.set(at, new Field(random.nextInt(20), field.value()));
                case 3, 4 -> fields.set(at, new Field(field.tag(), spoilBytes(field.value())));
                default -> fields.set(at, new Field(field.tag(), odd()));
            }
        }
        return new Question(random.nextInt(20) == 0 ? random.nextInt(120) : question.type(), fields);
    }

    private byte[] odd() {
        return switch (random.nextInt(7)) {
            case 0 -> new byte[0];
            case 1 -> new byte[8];
            case 2 -> Field.of(0, -1L).value();
            case 3 -> Field.of(0, Long.MIN_VALUE).value();
            case 4 -> new byte[] {0};
            case 5 -> "../../etc/passwd".getBytes(StandardCharsets.US_ASCII);
            default -> {
                byte[] many = new byte[random.nextInt(70_000)];
                Arrays.fill(many, (byte) 'x');
                yield many;
            }
        };
    }

    /** Any bytes changed, taken out, put in; lengths set to what overflows. */
    byte[] spoilBytes(byte[] good) {
        byte[] bytes = good.clone();
        int[] counts = {1, 1, 1, 2, 4, 16};
        for (int changes = counts[random.nextInt(counts.length)]; changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0, 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> {
                    int gone = Math.min(bytes.length - at, 1 + random.nextInt(8));
                    byte[] shorter = Arrays.copyOf(bytes, bytes.length - gone);
                    System.arraycopy(bytes, at + gone, shorter, at, bytes.length - at - gone);
                    bytes = shorter;
                }
                default -> {
                    int[] lengths = {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 64 << 20, (64 << 20) + 1};
                    if (at + 4 <= bytes.length) {
                        ByteBuffer.wrap(bytes)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(at, lengths[random.nextInt(lengths.length)]);
                    }
                }
            }
        }
        return bytes;
    }

    byte[] noise() {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }
}
