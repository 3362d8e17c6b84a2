package dev.mayfly.env.erofs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;

/**
 * A note on an image that it was found whole: the sum over it is against crashes of the machine, so it need not be made again
 * before the next start of that, as long as nobody writes to the file. Lies in an extended attribute, which goes with the
 * file; where there are none, images are always read.
 */
final class Seen {
    private static final String NAME = "mayfly.whole";
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private Seen() {}

    static boolean isNoted(Path file) {
        try {
            UserDefinedFileAttributeView notes = notes(file);
            ByteBuffer note = ByteBuffer.allocate(notes.size(NAME));
            notes.read(NAME, note);
            return new String(note.array(), StandardCharsets.UTF_8).equals(facts(file));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    static void note(Path file) {
        try {
            notes(file).write(NAME, StandardCharsets.UTF_8.encode(facts(file)));
        } catch (IOException | UnsupportedOperationException e) {
            // Then it is read again the next time.
        }
    }

    private static UserDefinedFileAttributeView notes(Path file) {
        UserDefinedFileAttributeView notes = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        if (notes == null) {
            throw new UnsupportedOperationException("no extended attributes");
        }
        return notes;
    }

    /** To write a note changes none of these. */
    private static String facts(Path file) throws IOException {
        return Files.readString(BOOT).strip() + " " + Files.getAttribute(file, "unix:ino") + " " + Files.size(file)
                + " " + Files.getLastModifiedTime(file);
    }
}
