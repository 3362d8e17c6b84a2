package dev.mayfly.fleet.journal;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.agent.AgentJournal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The journal in a folder of its own, locked while an agent lives; the kernel lets go of the lock when it dies. */
public final class FileJournal implements AgentJournal, AutoCloseable {
    private static final String NAME = "agent-journal.json";
    private static final String LOCK = "agent.lock";

    private final Path file;
    private final FileChannel lock;

    private FileJournal(Path file, FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * @param folder made when it is not there
     * @throws MayflyException {@code SERVICE_RUNNING} when another agent has it open, {@code STATE_UNAVAILABLE}
     */
    public static FileJournal open(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new MayflyException(
                        ErrorCode.SERVICE_RUNNING,
                        "the agent cannot start",
                        "another one works with " + folder,
                        "stop it, or give this one another folder");
            }
            DurableFile.sweep(folder);
            return new FileJournal(folder.resolve(NAME), channel);
        } catch (IOException e) {
            throw unavailable(folder, "open", e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public Memory load() {
        try {
            return MemoryJson.read(JsonReader.read(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Memory.EMPTY;
        } catch (JsonSyntaxException | IllegalArgumentException | ArithmeticException e) {
            throw new MayflyException(
                    ErrorCode.STATE_CORRUPT,
                    "the agent's journal " + file + " cannot be read",
                    String.valueOf(e.getMessage()),
                    "move it away: the agent then destroys all machines that it finds, and begins as a new one",
                    e);
        } catch (IOException e) {
            throw unavailable(file, "read", e);
        }
    }

    @Override
    public void write(Memory memory) {
        try {
            DurableFile.replace(
                    file, (JsonWriter.pretty(MemoryJson.write(memory)) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unavailable(file, "write", e);
        }
    }

    private static MayflyException unavailable(Path place, String verb, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "cannot " + verb + " the agent's journal at " + place,
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                "see to it that there is room and that this user may write there",
                e);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw unavailable(file, "close", e);
        }
    }
}
