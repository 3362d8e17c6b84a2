package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mounts that this process sees, proc_pid_mountinfo(5). */
final class MountTable {
    private static final int DEVICE = 2;
    private static final int POINT = 4;
    private static final int OPTIONS = 5;

    private final List<Row> rows;

    private MountTable(List<Row> rows) {
        this.rows = rows;
    }

    /**
     * @param device {@code major:minor}, the same for all mounts of one file system
     * @param readOnly whether this mount forbids to write, whatever its file system says
     */
    record Row(Path point, String device, boolean readOnly) {}

    static MountTable read() {
        try {
            // Names are bytes: each is one character here, and becomes text again in unescaped.
            return parse(Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE, "the mounts are not known", String.valueOf(e), "mount /proc", e);
        }
    }

    static MountTable parse(List<String> lines) {
        List<Row> rows = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split(" ", -1);
            if (fields.length > OPTIONS) {
                rows.add(new Row(
                        Path.of(unescaped(fields[POINT])),
                        fields[DEVICE],
                        List.of(fields[OPTIONS].split(",", -1)).contains("ro")));
            }
        }
        return new MountTable(rows);
    }

    /** What is seen there: of several mounts over each other the last. */
    Optional<Row> at(Path point) {
        return rows.reversed().stream().filter(row -> row.point().equals(point)).findFirst();
    }

    /** Space, tab, line end and backslash stand there as a backslash and three octal digits. */
    private static String unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                bytes.write(Integer.parseInt(text, i + 1, i + 4, 8));
                i += 3;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
