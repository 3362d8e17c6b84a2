package dev.mayfly.e2e.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many runs have begun so far, from the growing file in which workers note them. */
final class Progress {
    private final Path log;
    private long read;
    private long begun;
    private boolean lineBegins = true;

    Progress(Path log) {
        this.log = log;
    }

    synchronized long runs() {
        if (Files.notExists(log)) {
            return 0;
        }
        try (FileChannel file = FileChannel.open(log)) {
            ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
            while (file.read(bytes.clear(), read) > 0) {
                read += bytes.position();
                bytes.flip();
                while (bytes.hasRemaining()) {
                    byte next = bytes.get();
                    if (lineBegins && next == 's') {
                        begun++;
                    }
                    lineBegins = next == '\n';
                }
            }
        } catch (IOException _) {
            // Read on the next time.
        }
        return begun;
    }
}
