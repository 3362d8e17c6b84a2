package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Captured;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Payload bytes to messages. Unknown tags are skipped, so that a newer launcher may say more; everything that is
 * understood is checked.
 */
final class MessageDecoder {
    private static final int LAYERS_MAX = 64;
    private static final int DENIED_MAX = 4096;
    private static final byte[] NOTHING = new byte[0];

    private MessageDecoder() {}

    static LauncherMessage decode(int type, ByteBuffer payload) throws ProtocolException {
        FieldReader fields = new FieldReader(payload);
        return switch (type) {
            case Wire.READY -> ready(fields);
            case Wire.STARTED -> {
                long[] numbers = numbers(fields, 2);
                yield new LauncherMessage.Started(numbers[0], numbers[1]);
            }
            case Wire.EXITED -> exited(fields);
            case Wire.REFUSED -> refused(fields);
            case Wire.ENTRY -> entry(fields);
            case Wire.END -> {
                long[] numbers = numbers(fields, 2);
                yield new LauncherMessage.End(numbers[0], numbers[1] != 0);
            }
            case Wire.DATA -> data(fields);
            case Wire.RESET_DONE -> new LauncherMessage.ResetDone(numbers(fields, 1)[0]);
            case Wire.ERROR -> new LauncherMessage.Failure(text(fields));
            default -> throw new ProtocolException("frame type " + type + " is unknown");
        };
    }

    /** Tags 1..count, each a number that must be there. */
    private static long[] numbers(FieldReader fields, int count) throws ProtocolException {
        long[] numbers = new long[count];
        int seen = 0;
        while (fields.next()) {
            if (fields.tag() >= 1 && fields.tag() <= count) {
                numbers[fields.tag() - 1] = fields.number();
                seen |= 1 << fields.tag();
            }
        }
        if (seen != (1 << (count + 1)) - 2) {
            throw new ProtocolException("a frame lacks one of its numbers");
        }
        return numbers;
    }

    private static String text(FieldReader fields) throws ProtocolException {
        String text = "";
        while (fields.next()) {
            if (fields.tag() == 1) {
                text = fields.text();
            }
        }
        return text;
    }

    private static LauncherMessage ready(FieldReader fields) throws ProtocolException {
        long pid = -1;
        long inode = 0;
        List<LayerReport> layers = new ArrayList<>();
        while (fields.next()) {
            switch (fields.tag()) {
                case 1 -> pid = fields.number();
                case 2 -> inode = fields.number();
                case 3 -> layers.add(layer(fields.text()));
                default -> {}
            }
            if (layers.size() > LAYERS_MAX) {
                throw new ProtocolException("READY lists more than " + LAYERS_MAX + " layers");
            }
        }
        if (pid <= 0) {
            throw new ProtocolException("READY without a pid");
        }
        return new LauncherMessage.Ready(pid, inode, List.copyOf(layers));
    }

    private static LayerReport layer(String text) throws ProtocolException {
        String[] parts = text.split("\0", -1);
        if (parts.length != 3) {
            throw new ProtocolException("a layer is name, state and detail");
        }
        LayerState state = switch (parts[1]) {
            case "active" -> LayerState.ACTIVE;
            case "degraded" -> LayerState.DEGRADED;
            case "unavailable" -> LayerState.UNAVAILABLE;
            default -> throw new ProtocolException("layer state " + parts[1] + " is unknown");
        };
        return new LayerReport(parts[0], true, state, parts[2]);
    }

    private static LauncherMessage exited(FieldReader fields) throws ProtocolException {
        long[] numbers = new long[Wire.Exited.PIDS_COUNT + 1];
        byte[] outHead = NOTHING;
        byte[] outTail = NOTHING;
        byte[] errHead = NOTHING;
        byte[] errTail = NOTHING;
        List<LauncherMessage.Denied> denied = new ArrayList<>();
        boolean status = false;
        while (fields.next()) {
            int tag = fields.tag();
            switch (tag) {
                case Wire.Exited.OUT_HEAD -> outHead = fields.bytes();
                case Wire.Exited.OUT_TAIL -> outTail = fields.bytes();
                case Wire.Exited.ERR_HEAD -> errHead = fields.bytes();
                case Wire.Exited.ERR_TAIL -> errTail = fields.bytes();
                case Wire.Exited.DENIED -> denied.add(denied(fields, denied.size()));
                default -> {
                    if (tag >= 1 && tag < numbers.length) {
                        numbers[tag] = fields.number();
                        status |= tag == Wire.Exited.STATUS_KIND;
                    }
                }
            }
        }
        if (!status || numbers[Wire.Exited.STATUS_KIND] > 1 || numbers[Wire.Exited.STATUS_CODE] > 255) {
            throw new ProtocolException("EXITED without a proper status");
        }
        return new LauncherMessage.Exited(
                numbers[Wire.Exited.STATUS_KIND] == 1,
                (int) numbers[Wire.Exited.STATUS_CODE],
                numbers[Wire.Exited.REASON],
                numbers[Wire.Exited.WALL_NS],
                numbers[Wire.Exited.CPU_NS],
                numbers[Wire.Exited.MAXRSS_KB],
                numbers[Wire.Exited.KILL_NS],
                captured(outHead, outTail, numbers[Wire.Exited.OUT_TOTAL]),
                captured(errHead, errTail, numbers[Wire.Exited.ERR_TOTAL]),
                List.copyOf(denied),
                numbers[Wire.Exited.OOM_COUNT],
                numbers[Wire.Exited.PIDS_COUNT]);
    }

    private static Captured captured(byte[] head, byte[] tail, long total) throws ProtocolException {
        if (total < head.length + (long) tail.length) {
            throw new ProtocolException("EXITED keeps more of a stream than was written");
        }
        return new Captured(head, tail, total);
    }

    /** struct denied: u32 arch, u32 nr, u64 count, u64 first three arguments. */
    private static LauncherMessage.Denied denied(FieldReader fields, int already) throws ProtocolException {
        ByteBuffer value = fields.value();
        if (value.remaining() != 40 || already >= DENIED_MAX) {
            throw new ProtocolException("EXITED with an improper denied call");
        }
        return new LauncherMessage.Denied(
                value.getInt(0),
                value.getInt(4),
                Math.max(0, value.getLong(8)),
                value.getLong(16),
                value.getLong(24),
                value.getLong(32));
    }

    private static LauncherMessage refused(FieldReader fields) throws ProtocolException {
        String step = "";
        long errno = 0;
        String text = "";
        while (fields.next()) {
            switch (fields.tag()) {
                case 1 -> step = fields.text();
                case 2 -> errno = fields.number();
                case 3 -> text = fields.text();
                default -> {}
            }
        }
        return new LauncherMessage.Refused(step, (int) Math.min(errno, Integer.MAX_VALUE), text);
    }

    private static LauncherMessage entry(FieldReader fields) throws ProtocolException {
        byte[] path = NOTHING;
        char kind = 0;
        long size = 0;
        long mode = 0;
        while (fields.next()) {
            switch (fields.tag()) {
                case 1 -> path = fields.bytes();
                case 2 ->
                    kind = fields.value().remaining() == 1
                            ? (char) fields.value().get(0)
                            : 0;
                case 3 -> size = fields.number();
                case 4 -> mode = fields.number();
                default -> {}
            }
        }
        if (path.length == 0 || "fdlo".indexOf(kind) < 0) {
            throw new ProtocolException("ENTRY without path or kind");
        }
        return new LauncherMessage.Entry(path, kind, size, mode);
    }

    private static LauncherMessage data(FieldReader fields) throws ProtocolException {
        byte[] bytes = NOTHING;
        boolean last = false;
        while (fields.next()) {
            switch (fields.tag()) {
                case 1 -> bytes = fields.bytes();
                case 2 -> last = fields.number() != 0;
                default -> {}
            }
        }
        return new LauncherMessage.Data(bytes, last);
    }
}
