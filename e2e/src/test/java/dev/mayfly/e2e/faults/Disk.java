package dev.mayfly.e2e.faults;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A small file system of its own in memory, which can be filled and emptied again. */
public final class Disk implements Closeable {
    private static final int MIB = 1 << 20;

    private final Path place;

    private Disk(Path place) {
        this.place = place;
    }

    public static Disk mount(Path place, int mebibytes) throws IOException {
        Files.createDirectories(place);
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "mayfly-faults", place.toString());
        return new Disk(place);
    }

    public Path place() {
        return place;
    }

    /** Leaves room for nothing. */
    void fill() throws IOException {
        fill(0);
    }

    /** Leaves so much room. */
    public void fill(int mebibytes) throws IOException {
        try (FileChannel file = FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(MIB);
            while (mebibytes == 0 || Files.getFileStore(place).getUsableSpace() > (long) mebibytes * MIB) {
                zeros.clear();
                file.write(zeros);
            }
        } catch (IOException e) {
            if (Files.getFileStore(place).getUsableSpace() > MIB) {
                throw e;
            }
        }
    }

    public void empty() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return place.resolve("filler");
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", place.toString());
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
