package dev.mayfly.fleet.backend.vz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** All identifiers that machines of this host ever had, a line each, written before the machine is started. */
record Identifiers(Path file) {
    private static final int MOST = 64 << 20;

    Identifiers {
        Objects.requireNonNull(file, "file");
    }

    /**
     * It is this machine's from now on.
     *
     * @throws IOException when another one had it
     */
    void claim(String identifier) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            ByteBuffer all = ByteBuffer.allocate((int) Math.min(MOST, channel.size()));
            int n = 0;
            while (all.hasRemaining() && n >= 0) {
                n = channel.read(all);
            }
            String text = new String(all.array(), 0, all.position(), StandardCharsets.UTF_8);
            if (text.lines().anyMatch(identifier::equals)) {
                throw new IOException("the framework gave an identifier that another machine of this host had");
            }
            ByteBuffer line = ByteBuffer.wrap((identifier + "\n").getBytes(StandardCharsets.UTF_8));
            channel.position(channel.size());
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
        }
    }
}
