package dev.mayfly.env.faults;

import dev.mayfly.testkit.Needs;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of its own, which can be filled to the last block. */
final class SmallDisk implements Closeable {
    private static final int KIB = 1024;

    private final Path place;

    private SmallDisk(Path place) {
        this.place = place;
    }

    /** @param type {@code ext4}, in a file, or {@code tmpfs} */
    static SmallDisk mount(Path folder, String type, int mebibytes) throws IOException {
        Path place = Files.createDirectory(folder.resolve(type));
        String[] command;
        if (type.equals("tmpfs")) {
            command = new String[] {"mount", "-t", type, "-o", "size=" + mebibytes + "m", "small", place.toString()};
        } else {
            Path mkfs = Needs.command("mkfs." + type);
            Path image = folder.resolve(type + ".image");
            try (FileChannel file = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(1), ((long) mebibytes << 20) - 1);
            }
            // Without blocks that only root may use: the tests are root.
            run(mkfs.toString(), "-q", "-m0", image.toString());
            command = new String[] {"mount", "-o", "loop", image.toString(), place.toString()};
        }
        Process mount = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Needs.that(mount.onExit().join().exitValue() == 0, "mount of " + type, said.strip());
        return new SmallDisk(place);
    }

    Path place() {
        return place;
    }

    /** Leaves room for nothing, not even for a small file. */
    void fill() throws IOException {
        try (FileChannel file =
                FileChannel.open(place.resolve("filler"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int size : new int[] {KIB * KIB, 4 * KIB, 1}) {
                fill(file, size);
            }
            file.force(true);
        } catch (IOException e) {
            // It may be full at the sync only.
        }
    }

    private static void fill(FileChannel file, int size) {
        try {
            while (true) {
                ByteBuffer zeros = ByteBuffer.allocate(size);
                while (zeros.hasRemaining()) {
                    file.write(zeros);
                }
            }
        } catch (IOException e) {
            // Full, but for less than that.
        }
    }

    void unfill() throws IOException {
        Files.delete(place.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
        run("umount", place.toString());
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
